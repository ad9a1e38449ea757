//! `POST /v1/projects/{name}/bringTasks`: tasks of another server.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Bring in tasks (`tasks`, at most 100) as another server shows them, with what became of them there; those that were brought
/// before are passed over. Not of Scale: `sheaf migrate-from scale` uses it. For managers.
#[utoipa::path(post, path = "/v1/projects/{name}/bringTasks", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_bring_tasks(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::bring(&app, &me, name, body.object()).await?))
}
