//! `POST /v1/batches/{name}/finalize`: launches a batch.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// Finalize a batch: it takes no more tasks, and they are in the queue. For managers.
#[utoipa::path(post, path = "/v1/batches/{name}/finalize", responses((status = 200, body = Value)))]
pub(crate) async fn scale_finalize_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::finalize(&app, &me, By::name(name), Version::V1).await?))
}
