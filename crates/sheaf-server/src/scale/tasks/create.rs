//! `POST /v1/task/{task}`: a new task.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a task of a type. For managers.
#[utoipa::path(post, path = "/v1/task/{task}", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_create_task(
    State(app): State<App>,
    Caller(me): Caller,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Json(scale::tasks::create(&app, &me, &kind, body.object(), key).await?))
}
