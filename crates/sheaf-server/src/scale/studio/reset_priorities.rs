//! `POST /v1/studio/batches/reset_priorities`: the recommended order.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::caller::Caller;

/// Back to the recommended order. For managers.
#[utoipa::path(post, path = "/v1/studio/batches/reset_priorities", responses((status = 200, body = Value)))]
pub(crate) async fn scale_reset_priorities(
    State(app): State<App>,
    Caller(me): Caller,
) -> Result<Json<Value>> {
    Ok(Json(scale::studio::reset(&app, &me).await?.into()))
}
