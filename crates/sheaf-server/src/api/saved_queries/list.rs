//! `GET /api/projects/{project}/saved-queries`: the caller's own and the shared ones.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, saved_queries};
use sheaf_model::ProjectId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery, SavedQuery};

/// The caller's own saved queries and the shared ones, by name. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/saved-queries", params(PageQuery), responses((status = 200, body = Page<SavedQuery>)))]
pub(crate) async fn list_saved_queries(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<SavedQuery>>> {
    let all = saved_queries::list(&app, &me.actor, project).await?;
    Ok(Json(Page::of(all, &query, SavedQuery::from)?))
}
