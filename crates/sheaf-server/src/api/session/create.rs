//! `POST /api/session`: logging in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::sessions::{self, Credential, Identity};
use utoipa::ToSchema;

use super::logged_in;
use crate::Options;
use crate::auth::{ClientIp, Visitor};
use crate::error::Result;
use crate::extract::Json;
use crate::wire::Session;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    email: String,
    password: String,
}

/// Log in with e-mail address and password; sets the cookie `sheaf_session`.
#[utoipa::path(post, path = "/api/session", responses((status = 200, body = Session)))]
pub(crate) async fn log_in(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Visitor(me): Visitor,
    ClientIp(from): ClientIp,
    headers: HeaderMap,
    Json(body): Json<LogIn>,
) -> Result<Response> {
    let had = match me {
        Some(Identity { credential: Credential::Session(hash), .. }) => Some(hash),
        _ => None,
    };
    let opened = sessions::log_in(&app, &body.email, &body.password, from, had).await?;
    Ok(logged_in(StatusCode::OK, &opened, &options, &headers))
}
