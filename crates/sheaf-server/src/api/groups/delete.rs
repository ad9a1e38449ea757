//! `DELETE /api/projects/{project}/groups/{group}`: removing a group.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, groups};
use sheaf_model::{GroupId, ProjectId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Remove a group that no batch which has not ended is open to. For managers.
#[utoipa::path(delete, path = "/api/projects/{project}/groups/{group}", responses((status = 204)))]
pub(crate) async fn delete_group(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, group)): Ids<(ProjectId, GroupId)>,
) -> Result<StatusCode> {
    groups::delete(&app, &me.actor, project, group).await?;
    Ok(StatusCode::NO_CONTENT)
}
