//! `POST /api/projects/{project}/members/{user}/pause` and `/resume`: whether somebody is handed new tasks. They are one
//! endpoint with two names, so they share this file.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, members};
use sheaf_model::{ProjectId, UserId};

use super::Member;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Hand somebody no new tasks of the project; what they hold may be finished. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/members/{user}/pause", responses((status = 200, body = Member)))]
pub(crate) async fn pause_member(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, user)): Ids<(ProjectId, UserId)>,
) -> Result<Json<Member>> {
    Ok(Json(members::pause(&app, &me.actor, project, user, true).await?.into()))
}

/// Hand somebody new tasks again. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/members/{user}/resume", responses((status = 200, body = Member)))]
pub(crate) async fn resume_member(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, user)): Ids<(ProjectId, UserId)>,
) -> Result<Json<Member>> {
    Ok(Json(members::pause(&app, &me.actor, project, user, false).await?.into()))
}
