//! `POST /v2/task/metadata`: the metadata of a task.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::scale::tasks::Expand;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the metadata of a task. For managers.
#[utoipa::path(post, path = "/v2/task/metadata", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_set_task_metadata(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    let task = body.0.get("task_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let metadata = body.0.get("metadata").cloned().unwrap_or_else(|| json!({}));
    scale::tasks::set_metadata(&app, &me, task.clone(), metadata).await?;
    Ok(Json(scale::tasks::get_v2(&app, &me, task, Expand::default()).await?))
}
