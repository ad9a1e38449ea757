//! `POST /v1/task/{task}/cancel`: takes it out of the queue.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// Cancel a task that nobody has begun with; `clear_unique_id=true` frees its unique id. For managers.
#[utoipa::path(post, path = "/v1/task/{task}/cancel",
    params(("clear_unique_id" = Option<bool>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_cancel_task(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    ask: Ask,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::cancel(&app, &me, task, ask.yes("clear_unique_id")?).await?))
}
