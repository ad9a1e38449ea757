//! `POST /v1/batches`: a new batch.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::scale::batches::Version;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a batch. For managers.
#[utoipa::path(post, path = "/v1/batches", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_create_batch(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::create(&app, &me, Version::V1, body.object()).await?))
}
