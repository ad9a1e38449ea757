//! `DELETE /api/session`: logging out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use sheaf_app::{App, sessions};

use crate::auth::Visitor;
use crate::error::Result;
use crate::{Options, cookie};

/// Log out: ends the session on the server and takes the cookie away.
#[utoipa::path(delete, path = "/api/session", responses((status = 204)))]
pub(crate) async fn log_out(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Visitor(me): Visitor,
    headers: HeaderMap,
) -> Result<impl IntoResponse> {
    if let Some(me) = me {
        sessions::log_out(&app, &me).await?;
    }
    let cleared = cookie::clear(&options, &headers).map(|value| (header::SET_COOKIE, value));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(cleared)))
}
