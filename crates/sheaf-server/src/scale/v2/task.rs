//! `GET /v2/task`: one task.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// A task by `task_id`; `expand` shows its project and batch whole.
#[utoipa::path(get, path = "/v2/task", params(("task_id" = String, Query), ("expand" = Option<Vec<String>>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_task(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let task = ask.text("task_id").unwrap_or_default();
    Ok(Json(scale::tasks::get_v2(&app, &me, task, ask.expand()).await?))
}
