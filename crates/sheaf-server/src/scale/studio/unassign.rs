//! `POST /v1/studio/assignments/remove`: takes people from projects.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Take people from projects: `emails`, `projects`. For managers.
#[utoipa::path(post, path = "/v1/studio/assignments/remove", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_unassign(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::studio::assign(&app, &me, body.object(), false).await?))
}
