//! `PATCH /api/projects/{project}/groups/{group}`: a group's name, and who is in it.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::groups::{self, GroupEdit};
use sheaf_model::{GroupId, ProjectId, UserId};
use utoipa::ToSchema;

use super::Group;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

/// What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeGroup {
    name: Option<String>,
    /// All of them.
    #[schema(value_type = Option<Vec<String>>)]
    people: Option<Vec<UserId>>,
}

/// Rename a group or say who is in it; the next claim goes by it. For managers.
#[utoipa::path(patch, path = "/api/projects/{project}/groups/{group}", responses((status = 200, body = Group)))]
pub(crate) async fn change_group(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, group)): Ids<(ProjectId, GroupId)>,
    Json(body): Json<ChangeGroup>,
) -> Result<axum::Json<Group>> {
    let edit = GroupEdit { name: body.name, people: body.people };
    Ok(axum::Json(groups::edit(&app, &me.actor, project, group, edit).await?.into()))
}
