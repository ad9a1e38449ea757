//! `POST /v1/projects/{name}/setParams`: a new version of its parameters.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the parameters of a project anew; with `patch` only those that are given. For managers.
#[utoipa::path(post, path = "/v1/projects/{name}/setParams", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_params(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::set_params(&app, &me, name, body.object()).await?))
}
