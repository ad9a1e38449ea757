//! `POST /v2/batch/metadata`: the metadata of a batch.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the metadata of a batch; with `merge` only what is given. For managers.
#[utoipa::path(post, path = "/v2/batch/metadata", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_set_batch_metadata(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    let merge = body.0.get("merge").and_then(Value::as_bool).unwrap_or(false);
    let metadata = body.0.get("metadata").cloned().unwrap_or_else(|| json!({}));
    Ok(Json(scale::batches::set_metadata(&app, &me, By::of(&body.0), metadata, merge, Version::V2).await?))
}
