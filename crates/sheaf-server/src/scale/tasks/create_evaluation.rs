//! `POST /v1/evaluation_tasks/{type}`: a task with a known answer, among a person's other tasks.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::scale::tasks::Quality;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a task with its `expected_response`, for among a person's other tasks. It waits in a batch of its kind. Whoever does it begins
/// with its `initial_response`, when it has one. For managers.
#[utoipa::path(post, path = "/v1/evaluation_tasks/{type}", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_create_evaluation_task(
    State(app): State<App>,
    Caller(me): Caller,
    Path(kind): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::create_known(&app, &me, Quality::Evaluation, &kind, body.object()).await?))
}
