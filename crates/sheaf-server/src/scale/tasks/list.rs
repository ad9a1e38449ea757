//! `GET /v1/tasks`: a page of tasks.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::scale::tasks::Asked;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// Tasks, newest first: `project`, `batch`, `type`, `status`, `customer_review_status`, `unique_id`, `tags`, `start_time`,
/// `end_time`, `completed_after`, `completed_before`, `updated_after`, `updated_before`, `limited_response`, `limit`, and `offset`
/// or `next_token`.
#[utoipa::path(get, path = "/v1/tasks",
    params(("project" = Option<String>, Query), ("batch" = Option<String>, Query), ("type" = Option<String>, Query),
        ("status" = Option<String>, Query), ("customer_review_status" = Option<String>, Query),
        ("unique_id" = Option<String>, Query), ("tags" = Option<Vec<String>>, Query),
        ("start_time" = Option<String>, Query), ("end_time" = Option<String>, Query),
        ("completed_after" = Option<String>, Query), ("completed_before" = Option<String>, Query),
        ("updated_after" = Option<String>, Query), ("updated_before" = Option<String>, Query),
        ("limited_response" = Option<bool>, Query), ("include_attachment_url" = Option<bool>, Query),
        ("limit" = Option<u32>, Query), ("offset" = Option<u32>, Query), ("next_token" = Option<String>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_tasks(State(app): State<App>, Caller(me): Caller, ask: Ask) -> Result<Json<Value>> {
    let (limit, offset) = (ask.limit()?, ask.number("offset")?.unwrap_or(0));
    let asked = Asked {
        project: ask.text("project"),
        batch: ask.text("batch"),
        kind: ask.text("type"),
        status: ask.text("status"),
        reviews: ask.list("customer_review_status"),
        unique_id: ask.text("unique_id"),
        tags: ask.all("tags"),
        created: ask.range("start_time", "end_time")?,
        completed: ask.range("completed_after", "completed_before")?,
        updated: ask.range("updated_after", "updated_before")?,
        limit,
        offset,
        next_token: ask.text("next_token"),
        limited: ask.yes("limited_response")?,
        ..Asked::default()
    };
    let page = scale::tasks::list(&app, &me, asked).await?;
    let mut out = json!({
        "docs": page.items,
        "total": page.total,
        "limit": limit,
        "offset": offset,
        "has_more": page.next_token.is_some(),
    });
    if let Some(token) = page.next_token {
        out["next_token"] = token.into();
    }
    Ok(Json(out))
}
