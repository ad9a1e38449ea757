//! `POST /api/invitations`: inviting somebody.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::invitations::{self, NewInvitation};
use sheaf_model::{ProjectId, Roles};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Json;
use crate::wire::{Invitation, Role};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invite {
    /// Only this address may accept it; when it is left out, whoever has the link.
    email: Option<String>,
    /// For admins to give.
    is_admin: Option<bool>,
    #[schema(value_type = Option<String>)]
    project_id: Option<ProjectId>,
    /// In the project.
    #[schema(value_type = Option<Vec<Role>>)]
    roles: Option<Roles>,
}

/// Invite somebody with a link that works once, for a week. Its token is in this answer only.
#[utoipa::path(post, path = "/api/invitations", responses((status = 201, body = Invitation)))]
pub(crate) async fn invite(
    State(app): State<App>,
    Caller(me): Caller,
    Json(body): Json<Invite>,
) -> Result<(StatusCode, axum::Json<Invitation>)> {
    let new = NewInvitation {
        email: body.email,
        is_admin: body.is_admin.unwrap_or(false),
        project: body.project_id,
        roles: body.roles.unwrap_or_default(),
    };
    let invited = invitations::create(&app, &me.actor, new).await?;
    let mut answer = Invitation::from(invited.invitation);
    answer.url = Some(format!("/invite?token={}", invited.token));
    answer.token = Some(invited.token);
    Ok((StatusCode::CREATED, axum::Json(answer)))
}
