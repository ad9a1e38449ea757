//! `GET /api/projects/{project}`: one project.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, projects};
use sheaf_model::ProjectId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::ProjectDetail;

/// One project. For everybody in it.
#[utoipa::path(get, path = "/api/projects/{project}", responses((status = 200, body = ProjectDetail)))]
pub(crate) async fn get_project(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<Json<ProjectDetail>> {
    Ok(Json(projects::get(&app, &me.actor, project).await?.into()))
}
