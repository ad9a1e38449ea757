//! `GET /v2/batches`: a page of batches.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::scale::batches::{Filter, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// Batches, newest first: `project_id` or `project_name`, `status`, `created_after`, `created_before`, `completed_after`,
/// `completed_before`, `limit`, `next_token`, `expand`.
#[utoipa::path(get, path = "/v2/batches",
    params(("project_id" = Option<String>, Query), ("project_name" = Option<String>, Query),
        ("status" = Option<String>, Query), ("created_after" = Option<String>, Query),
        ("created_before" = Option<String>, Query), ("completed_after" = Option<String>, Query),
        ("completed_before" = Option<String>, Query), ("expand" = Option<Vec<String>>, Query),
        ("limit" = Option<u32>, Query), ("next_token" = Option<String>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_batches(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let filter = Filter {
        project: ask.text("project_name"),
        project_id: ask.text("project_id"),
        status: ask.text("status"),
        exclude_archived: false,
        created: ask.range("created_after", "created_before")?,
        completed: ask.range("completed_after", "completed_before")?,
    };
    let (offset, limit) = (ask.number("next_token")?.unwrap_or(0) as usize, ask.limit()? as usize);
    let expand = ask.list("expand").iter().any(|it| it == "project");
    let page = scale::batches::list(&app, &me, filter, Version::V2, expand, (offset, limit)).await?;
    let next = offset + page.items.len();
    let mut out = json!({ "batches": page.items });
    if next < page.total {
        out["next_token"] = next.to_string().into();
    }
    Ok(Json(out))
}
