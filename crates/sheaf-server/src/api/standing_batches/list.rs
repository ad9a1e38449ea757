//! `GET /api/projects/{project}/standing-batches`: the standing batches.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, standing_batches};
use sheaf_model::ProjectId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery, StandingBatch};

/// The standing batches of a project, by name. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/standing-batches", params(PageQuery), responses((status = 200, body = Page<StandingBatch>)))]
pub(crate) async fn list_standing_batches(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<StandingBatch>>> {
    let all = standing_batches::list(&app, &me.actor, project).await?;
    Ok(Json(Page::of(all, &query, StandingBatch::from)?))
}
