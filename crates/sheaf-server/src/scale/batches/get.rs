//! `GET /v1/batches/{name}`: one batch.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// A batch by its name.
#[utoipa::path(get, path = "/v1/batches/{name}", responses((status = 200, body = Value)))]
pub(crate) async fn scale_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::get(&app, &me, By::name(name), Version::V1, false).await?))
}
