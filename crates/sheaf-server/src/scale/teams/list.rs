//! `GET /v1/teams`: the people.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The people who share a project with the caller; for admins everybody, and who was invited.
#[utoipa::path(get, path = "/v1/teams", responses((status = 200, body = Value)))]
pub(crate) async fn scale_teams(State(app): State<App>, Caller(me): Caller) -> Result<Json<Value>> {
    Ok(Json(scale::teams::list(&app, &me).await?.into()))
}
