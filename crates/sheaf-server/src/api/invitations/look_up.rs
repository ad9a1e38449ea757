//! `GET /api/invitations/lookup`: what a link is for.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::{App, invitations};
use sheaf_model::Roles;
use utoipa::{IntoParams, ToSchema};

use crate::error::Result;
use crate::extract::Query;
use crate::wire::Role;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TokenQuery {
    /// Of the link.
    token: String,
}

/// What an invitation is for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationLookup {
    /// Only this address may accept it.
    email: Option<String>,
    project_name: Option<String>,
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
    inviter_name: Option<String>,
}

/// What the invitation behind a link is for. Needs no account.
#[utoipa::path(get, path = "/api/invitations/lookup", params(TokenQuery), responses((status = 200, body = InvitationLookup)))]
pub(crate) async fn look_up_invitation(
    State(app): State<App>,
    Query(query): Query<TokenQuery>,
) -> Result<Json<InvitationLookup>> {
    let preview = invitations::look_up(&app, &query.token).await?;
    Ok(Json(InvitationLookup {
        email: preview.invitation.email,
        project_name: preview.project_name,
        roles: preview.invitation.roles,
        inviter_name: preview.inviter_name,
    }))
}
