//! `GET /api/projects`: the caller's projects.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, projects};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;
use crate::wire::{Page, PageQuery, Project};

/// The projects that the caller works in, by name; an admin sees all.
#[utoipa::path(get, path = "/api/projects", params(PageQuery), responses((status = 200, body = Page<Project>)))]
pub(crate) async fn list_projects(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Project>>> {
    let all = projects::list(&app, &me.actor).await?;
    Ok(Json(Page::of(all, &query, Project::from)?))
}
