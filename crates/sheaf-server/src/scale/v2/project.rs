//! `GET /v2/project`: one project.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// A project by `project_id` or `project_name`.
#[utoipa::path(get, path = "/v2/project",
    params(("project_id" = Option<String>, Query), ("project_name" = Option<String>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_project(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let (id, name) = (ask.text("project_id"), ask.text("project_name"));
    Ok(Json(scale::projects::get_by(&app, &me, id, name).await?))
}
