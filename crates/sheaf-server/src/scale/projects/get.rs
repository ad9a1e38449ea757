//! `GET /v1/projects/{name}`: one project.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// A project by its name, with the history of its parameters.
#[utoipa::path(get, path = "/v1/projects/{name}", responses((status = 200, body = Value)))]
pub(crate) async fn scale_project(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::get(&app, &me, name).await?))
}
