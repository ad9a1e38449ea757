//! `GET /v1/projects`: all projects.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// The projects that the caller sees, unpaged; archived ones with `archived=true`.
#[utoipa::path(get, path = "/v1/projects",
    params(("archived" = Option<bool>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_projects(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::list(&app, &me, ask.yes("archived")?).await?.into()))
}
