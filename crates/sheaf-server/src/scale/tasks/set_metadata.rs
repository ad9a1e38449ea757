//! `POST /v1/task/{task}/setMetadata`: the metadata of a task.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the metadata of a task: the body, instead of what it has. For managers.
#[utoipa::path(post, path = "/v1/task/{task}/setMetadata", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_task_metadata(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::set_metadata(&app, &me, task, body.object()).await?))
}
