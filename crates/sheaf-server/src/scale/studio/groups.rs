//! `GET /v1/studio/projects/{project}/groups`: the groups of a project.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The groups of a project's people. For managers.
#[utoipa::path(get, path = "/v1/studio/projects/{project}/groups", responses((status = 200, body = Value)))]
pub(crate) async fn scale_groups(
    State(app): State<App>,
    Caller(me): Caller,
    Path(project): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::groups::list(&app, &me, project).await?.into()))
}
