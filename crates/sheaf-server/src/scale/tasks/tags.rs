//! `POST /v1/task/{task}/tags`: the tags of a task.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::scale::tasks::Tags;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the tags of a task: the body, a list. For managers.
#[utoipa::path(post, path = "/v1/task/{task}/tags", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_tags(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::set_tags(&app, &me, task, Tags::Set, body.0).await?))
}

/// Add tags to a task; those that it has are left as they are. For managers.
#[utoipa::path(put, path = "/v1/task/{task}/tags", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_add_tags(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::set_tags(&app, &me, task, Tags::Add, body.0).await?))
}

/// Take tags from a task; those that it has not are passed over. For managers.
#[utoipa::path(delete, path = "/v1/task/{task}/tags", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_delete_tags(
    State(app): State<App>,
    Caller(me): Caller,
    Path(task): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::set_tags(&app, &me, task, Tags::Delete, body.0).await?))
}
