//! `GET /v2/annotation`: one annotation.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// An annotation of a task's thread by `annotation_id`.
#[utoipa::path(get, path = "/v2/annotation", params(("annotation_id" = String, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_annotation(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let id = ask.text("annotation_id").unwrap_or_default();
    Ok(Json(scale::tasks::annotation(&app, &me, id).await?))
}
