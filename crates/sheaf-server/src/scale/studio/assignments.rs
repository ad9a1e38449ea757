//! `GET /v1/studio/assignments`: who works on what.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The projects that each person labels or reviews in.
#[utoipa::path(get, path = "/v1/studio/assignments", responses((status = 200, body = Value)))]
pub(crate) async fn scale_assignments(State(app): State<App>, Caller(me): Caller) -> Result<Json<Value>> {
    Ok(Json(scale::studio::assignments(&app, &me).await?))
}
