//! `GET /v1/batches/{name}/status`: how far a batch is.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The status of a batch, and how many of its tasks are where.
#[utoipa::path(get, path = "/v1/batches/{name}/status", responses((status = 200, body = Value)))]
pub(crate) async fn scale_batch_status(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::status(&app, &me, name).await?))
}
