//! `POST /v1/projects`: a new project.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a project. For admins.
#[utoipa::path(post, path = "/v1/projects", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_create_project(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::create(&app, &me, body.object()).await?))
}
