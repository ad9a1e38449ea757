//! `PUT /api/projects/{project}/members/{user}`: somebody's roles in a project.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::{App, members};
use sheaf_model::{ProjectId, Roles, UserId};
use utoipa::ToSchema;

use super::Member;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Role;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetMember {
    /// All of them; none takes the person out of the project.
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
}

/// Give somebody exactly these roles. For managers, who change members; an admin adds anybody.
#[utoipa::path(put, path = "/api/projects/{project}/members/{user}", responses((status = 200, body = Member)))]
pub(crate) async fn set_member(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, user)): Ids<(ProjectId, UserId)>,
    Json(body): Json<SetMember>,
) -> Result<axum::Json<Member>> {
    Ok(axum::Json(members::set(&app, &me.actor, project, user, body.roles).await?.into()))
}
