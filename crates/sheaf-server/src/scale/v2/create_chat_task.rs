//! `POST /v2/task/chat`: a new task of a project for chats.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Make a task of the type `chat`. For managers.
#[utoipa::path(post, path = "/v2/task/chat", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_create_chat_task(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::tasks::create_chat(&app, &me, body.object()).await?))
}
