//! `GET /v1/files`: a page of files.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// The files of a `project`, newest first: `limit`, `next_token`.
#[utoipa::path(get, path = "/v1/files", responses((status = 200, body = Value)))]
pub(crate) async fn scale_files(State(app): State<App>, Caller(me): Caller, ask: Ask) -> Result<Json<Value>> {
    let project = ask.text("project").or(ask.text("project_name"));
    let page = scale::files::list(&app, &me, project, ask.limit()?, ask.text("next_token")).await?;
    let mut out = json!({ "docs": page.items, "total": page.total, "has_more": page.next_token.is_some() });
    if let Some(token) = page.next_token {
        out["next_token"] = token.into();
    }
    Ok(Json(out))
}
