//! `POST /v2/batch/pause`: hand out nothing more of a batch for now.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::scale::batches::By;
use sheaf_app::{App, scale};
use sheaf_model::BatchAction;

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Hand out nothing more of a batch for now. For managers.
#[utoipa::path(post, path = "/v2/batch/pause", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_pause(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::batches::act(&app, &me, By::of(&body.0), BatchAction::Pause).await?))
}
