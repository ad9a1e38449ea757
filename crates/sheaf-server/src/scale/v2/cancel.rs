//! `POST /v2/batch/cancel`: cancel a batch, with its tasks that are not done.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::scale::batches::By;
use sheaf_app::{App, scale};
use sheaf_model::BatchAction;

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Cancel a batch, with its tasks that are not done. For managers.
#[utoipa::path(post, path = "/v2/batch/cancel", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_cancel(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::act(&app, &me, By::of(&body.0), BatchAction::Cancel).await?))
}
