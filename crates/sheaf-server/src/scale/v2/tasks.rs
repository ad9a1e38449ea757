//! `GET /v2/tasks`: a page of tasks.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::scale::tasks::Asked;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// Tasks, newest first: `project_id` or `project_name`, `batch_id` or `batch_name`, `status`, `created_after`, `created_before`,
/// `completed_after`, `completed_before`, `expand`, `limit`, `next_token`.
#[utoipa::path(get, path = "/v2/tasks",
    params(("project_id" = Option<String>, Query), ("project_name" = Option<String>, Query),
        ("batch_id" = Option<String>, Query), ("batch_name" = Option<String>, Query),
        ("status" = Option<String>, Query), ("created_after" = Option<String>, Query),
        ("created_before" = Option<String>, Query), ("completed_after" = Option<String>, Query),
        ("completed_before" = Option<String>, Query), ("expand" = Option<Vec<String>>, Query),
        ("limit" = Option<u32>, Query), ("next_token" = Option<String>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_tasks(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let asked = Asked {
        project: ask.text("project_name"),
        project_id: ask.text("project_id"),
        batch: ask.text("batch_name"),
        batch_id: ask.text("batch_id"),
        status: ask.text("status"),
        created: ask.range("created_after", "created_before")?,
        completed: ask.range("completed_after", "completed_before")?,
        limit: ask.limit()?,
        next_token: ask.text("next_token"),
        v2: Some(ask.expand()),
        ..Asked::default()
    };
    let page = scale::tasks::list(&app, &me, asked).await?;
    let mut out = json!({ "tasks": page.items });
    if let Some(token) = page.next_token {
        out["next_token"] = token.into();
    }
    Ok(Json(out))
}
