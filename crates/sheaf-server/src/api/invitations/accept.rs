//! `POST /api/invitations/accept`: coming in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::invitations::{self, Acceptance, Accepted};
use utoipa::ToSchema;

use crate::Options;
use crate::api::session::logged_in;
use crate::auth::Visitor;
use crate::error::Result;
use crate::extract::Json;
use crate::wire::Session;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptInvitation {
    token: String,
    /// Of the new account; the invitation's own when it has one.
    email: Option<String>,
    /// Of the new account.
    name: Option<String>,
    /// Of the new account.
    password: Option<String>,
}

/// Accept an invitation: makes an account and logs it in, or lets the account in that is logged in.
#[utoipa::path(post, path = "/api/invitations/accept", responses((status = 200, body = Session)))]
pub(crate) async fn accept_invitation(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Visitor(me): Visitor,
    headers: HeaderMap,
    Json(body): Json<AcceptInvitation>,
) -> Result<Response> {
    let acceptance =
        Acceptance { token: body.token, email: body.email, name: body.name, password: body.password };
    Ok(match invitations::accept(&app, me.as_ref(), acceptance).await? {
        Accepted::New(opened) => logged_in(StatusCode::OK, &opened, &options, &headers),
        Accepted::Joined(me) => axum::Json(Session::of(&me)).into_response(),
    })
}
