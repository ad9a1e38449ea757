//! `POST /v1/studio/projects/{project}/groups`: a new group.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a group: `name`, `emails`. For managers.
#[utoipa::path(post, path = "/v1/studio/projects/{project}/groups", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_create_group(
    State(app): State<App>,
    Caller(me): Caller,
    Path(project): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::groups::create(&app, &me, project, body.object()).await?))
}
