//! `GET /v1/studio/batches`: the queue's order.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// The batches that have not ended, in the order of the queue.
#[utoipa::path(get, path = "/v1/studio/batches", responses((status = 200, body = Value)))]
pub(crate) async fn scale_studio_batches(State(app): State<App>, Caller(me): Caller) -> Result<Json<Value>> {
    Ok(Json(scale::studio::batches(&app, &me).await?.into()))
}
