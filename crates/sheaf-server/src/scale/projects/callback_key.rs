//! `GET /v1/projects/{name}/callbackKey`: what its callbacks show.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// What the callbacks of a project show as `scale-callback-auth`. For managers. Not of Scale, where it is on the dashboard.
#[utoipa::path(get, path = "/v1/projects/{name}/callbackKey", responses((status = 200, body = Value)))]
pub(crate) async fn scale_callback_key(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::callback_key(&app, &me, name, false).await?))
}

/// A new key for the callbacks of a project; the old one is shown no more. For managers. Not of Scale.
#[utoipa::path(post, path = "/v1/projects/{name}/callbackKey", responses((status = 200, body = Value)))]
pub(crate) async fn scale_renew_callback_key(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::callback_key(&app, &me, name, true).await?))
}
