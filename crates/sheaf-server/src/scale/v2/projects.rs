//! `GET /v2/projects`: all projects.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The projects that the caller sees.
#[utoipa::path(get, path = "/v2/projects", responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_projects(State(app): State<App>, Caller(me): Caller) -> Result<Json<Value>> {
    Ok(Json(json!({ "projects": scale::projects::list(&app, &me, false).await? })))
}
