//! `POST /v1/task/{task}/audit`: a verdict on its response.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Audit a completed task: `accepted`, `comments`. For managers.
#[utoipa::path(post, path = "/v1/task/{task}/audit", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_audit_task(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::audit(&app, &me, task, body.object()).await?))
}
