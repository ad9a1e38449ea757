//! `GET /api/projects/{project}/standing-batches/{standing_batch}/runs`: the history of a standing batch.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, standing_batches};
use sheaf_model::{ProjectId, StandingBatchId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery, StandingRun};

/// What came of the runs, newest first. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/standing-batches/{standing_batch}/runs", params(PageQuery), responses((status = 200, body = Page<StandingRun>)))]
pub(crate) async fn list_standing_runs(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<StandingRun>>> {
    let (limit, before) = (query.limit()?, query.after()?);
    let (rows, total) = standing_batches::runs(&app, &me.actor, project, id, before, limit).await?;
    let next = rows.last().map(|last| last.n).filter(|n| *n > 1);
    Ok(Json(Page::new(rows.into_iter().map(StandingRun::from).collect(), next, total.unsigned_abs())))
}
