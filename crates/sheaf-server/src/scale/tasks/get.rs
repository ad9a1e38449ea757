//! `GET /v1/task/{task}`: one task.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// A task, with its response when it is completed.
#[utoipa::path(get, path = "/v1/task/{task}", responses((status = 200, body = Value)))]
pub(crate) async fn scale_task(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::get(&app, &me, task).await?))
}
