//! `POST /v1/task/{task}/send_callback`: tells its callback once more.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// Send the callback of a task once more. For managers.
#[utoipa::path(post, path = "/v1/task/{task}/send_callback", responses((status = 200, body = Value)))]
pub(crate) async fn scale_send_callback(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::send_callback(&app, &me, task).await?))
}
