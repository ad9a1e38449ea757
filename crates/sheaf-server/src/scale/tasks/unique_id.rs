//! `POST /v1/task/{task}/unique_id`: the unique id of a task.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Give a task a unique id. For managers.
#[utoipa::path(post, path = "/v1/task/{task}/unique_id", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_unique_id(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::set_unique_id(&app, &me, task, Some(body.object())).await?))
}

/// Take the unique id of a task away. For managers.
#[utoipa::path(delete, path = "/v1/task/{task}/unique_id", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_clear_unique_id(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::set_unique_id(&app, &me, task, None).await?))
}
