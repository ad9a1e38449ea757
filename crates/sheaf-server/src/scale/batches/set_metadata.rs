//! `POST /v1/batches/{name}/setMetadata`: the metadata of a batch.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the metadata of a batch: the body, instead of what it has. For managers.
#[utoipa::path(post, path = "/v1/batches/{name}/setMetadata", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_batch_metadata(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    let (by, metadata) = (By::name(name), body.object());
    Ok(Json(scale::batches::set_metadata(&app, &me, by, metadata, false, Version::V1).await?))
}
