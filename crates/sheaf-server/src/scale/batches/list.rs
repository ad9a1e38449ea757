//! `GET /v1/batches`: a page of batches.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::scale::batches::{Filter, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// Batches, newest first: `project`, `status`, `start_time`, `end_time`, `completed_after`, `completed_before`,
/// `exclude_archived`, `limit`, `offset`.
#[utoipa::path(get, path = "/v1/batches",
    params(("project" = Option<String>, Query), ("status" = Option<String>, Query),
        ("start_time" = Option<String>, Query), ("end_time" = Option<String>, Query),
        ("completed_after" = Option<String>, Query), ("completed_before" = Option<String>, Query),
        ("exclude_archived" = Option<bool>, Query), ("limit" = Option<u32>, Query), ("offset" = Option<u32>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_batches(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let filter = Filter {
        project: ask.text("project"),
        project_id: None,
        status: ask.text("status"),
        exclude_archived: ask.yes("exclude_archived")?,
        created: ask.range("start_time", "end_time")?,
        completed: ask.range("completed_after", "completed_before")?,
    };
    let (offset, limit) = (ask.number("offset")?.unwrap_or(0) as usize, ask.limit()? as usize);
    let page = scale::batches::list(&app, &me, filter, Version::V1, false, (offset, limit)).await?;
    let more = offset + page.items.len() < page.total;
    Ok(Json(json!({
        "docs": page.items,
        "totalDocs": page.total,
        "total": page.total,
        "limit": limit,
        "offset": offset,
        "has_more": more,
        "totalPages": page.total.div_ceil(limit),
        "hasNextPage": more,
        "nextPage": more.then_some(offset / limit + 2),
    })))
}
