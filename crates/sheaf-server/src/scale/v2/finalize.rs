//! `POST /v2/batch/finalize`: launches a batch.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Finalize a batch. For managers.
#[utoipa::path(post, path = "/v2/batch/finalize", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_finalize(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::finalize(&app, &me, By::of(&body.0), Version::V2).await?))
}
