//! `POST /v1/task/{task}/response`: answers what the desk does not show.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Answer a task of a type that Sheaf's desk does not show: the body is the response. For managers. Not of Scale.
#[utoipa::path(post, path = "/v1/task/{task}/response", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_respond(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::answer(&app, &me, task, body.object()).await?))
}
