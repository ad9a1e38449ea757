//! `PUT /v1/studio/batches/{name}`: whom a batch is open to.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Say whom a batch is open to: `groups`, names of groups or addresses; none of them is everybody. For managers.
#[utoipa::path(put, path = "/v1/studio/batches/{name}", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_open_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::studio::open(&app, &me, name, body.object()).await?))
}
