//! `POST /api/setup`: the first admin.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::setup::{self, FirstAdmin};
use utoipa::ToSchema;

use crate::Options;
use crate::api::session::logged_in;
use crate::error::Result;
use crate::extract::Json;
use crate::wire::Session;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// Of the link that the server printed when it started.
    token: String,
    email: String,
    name: String,
    password: String,
}

/// Make the first admin, and log them in. Works once.
#[utoipa::path(post, path = "/api/setup", responses((status = 201, body = Session)))]
pub(crate) async fn set_up(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    headers: HeaderMap,
    Json(body): Json<SetUp>,
) -> Result<Response> {
    let new = FirstAdmin { token: body.token, email: body.email, name: body.name, password: body.password };
    let opened = setup::complete(&app, new).await?;
    Ok(logged_in(StatusCode::CREATED, &opened, &options, &headers))
}
