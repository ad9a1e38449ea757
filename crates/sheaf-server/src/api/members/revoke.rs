//! `POST /api/projects/{project}/members/{user}/revoke`: everything that somebody holds is free again.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::queue::manage::revoke_all;
use sheaf_model::{ProjectId, UserId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

#[derive(Serialize, ToSchema)]
pub(crate) struct RevokedTasks {
    /// How many were taken out of their hands.
    revoked: u64,
}

/// Take everything that somebody holds in the project out of their hands; their drafts are kept. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/members/{user}/revoke", responses((status = 200, body = RevokedTasks)))]
pub(crate) async fn revoke_member(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, user)): Ids<(ProjectId, UserId)>,
) -> Result<Json<RevokedTasks>> {
    let revoked = revoke_all(&app, &me.actor, project, user).await? as u64;
    Ok(Json(RevokedTasks { revoked }))
}
