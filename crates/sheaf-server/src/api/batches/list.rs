//! `GET /api/projects/{project}/batches`: the batches, newest first.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::batches::view;
use sheaf_model::{BatchId, ProjectId};
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Batch, Page, PageQuery};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BatchesQuery {
    /// The archived ones instead of the others.
    #[serde(default)]
    archived: bool,
    /// Batches on a page: 1 to 200, 50 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The batches of a project, newest first. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/batches", params(BatchesQuery), responses((status = 200, body = Page<Batch>)))]
pub(crate) async fn list_batches(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<BatchesQuery>,
) -> Result<Json<Page<Batch>>> {
    let page = PageQuery::new(query.limit, query.cursor);
    let limit = page.limit()?.min(view::PAGE_MAX);
    let before = page.after()?.map(BatchId);
    let (views, total) = view::list(&app, &me.actor, project, query.archived, before, limit).await?;
    let next = views.last().filter(|_| views.len() == limit as usize).map(|last| last.row.id.0);
    let items = views.into_iter().map(Batch::from).collect();
    Ok(Json(Page::new(items, next, total.unsigned_abs())))
}
