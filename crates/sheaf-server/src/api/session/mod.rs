//! Being logged in.

mod change_own;
mod create;
mod delete;
mod get;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sheaf_app::sessions::Opened;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::wire::Session;
use crate::{Options, Site, cookie};

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(get::get_session, create::log_in, delete::log_out))
        .routes(routes!(change_own::change_own_account))
}

/// The answer that sets the cookie of a new session.
pub(crate) fn logged_in(
    status: StatusCode,
    opened: &Opened,
    options: &Options,
    headers: &HeaderMap,
) -> Response {
    let mut response = (status, Json(Session::of(&opened.identity))).into_response();
    if let Some(value) = cookie::set(&opened.token, options, headers) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
