//! `POST /v2/batch`: a new batch.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::scale::batches::Version;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a batch; with `staging_batch` it waits to be finalized. For managers.
#[utoipa::path(post, path = "/v2/batch", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_create_batch(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::create(&app, &me, Version::V2, body.object()).await?))
}
