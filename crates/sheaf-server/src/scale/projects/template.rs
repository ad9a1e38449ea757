//! `GET /v1/projects/{name}/taskTemplates`: the template of a text collection.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The template of a project for text collection or chat.
#[utoipa::path(get, path = "/v1/projects/{name}/taskTemplates", responses((status = 200, body = Value)))]
pub(crate) async fn scale_template(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::template(&app, &me, name).await?))
}
