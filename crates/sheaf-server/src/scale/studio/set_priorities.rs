//! `POST /v1/studio/batches/set_priorities`: puts the batches into an order.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Put all batches that have not ended into an order: `batches`. For managers.
#[utoipa::path(post, path = "/v1/studio/batches/set_priorities", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_priorities(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::studio::prioritize(&app, &me, body.object()).await?.into()))
}
