//! `DELETE /api/invitations/{invitation}`: taking an invitation back.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, invitations};
use sheaf_model::InvitationId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Take an invitation back; its link stops working.
#[utoipa::path(delete, path = "/api/invitations/{invitation}", responses((status = 204)))]
pub(crate) async fn withdraw_invitation(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(invitation): Ids<InvitationId>,
) -> Result<StatusCode> {
    invitations::withdraw(&app, &me.actor, invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}
