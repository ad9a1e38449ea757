//! `GET /api/projects/{project}/batches/{batch}/diff`: what its recipe would make today.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::batches::diff;
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::Asset;

/// A batch's recipe today, as if the batch were not there, beside the members that it has.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchDiff {
    /// Members that the batch has.
    then: u64,
    /// Assets that its recipe picks now.
    now: u64,
    same: u64,
    /// Picked now and not members.
    added: u64,
    /// Members that are not picked now.
    removed: u64,
    /// At most 24 of each, spread evenly.
    added_sample: Vec<Asset>,
    removed_sample: Vec<Asset>,
    took_ms: f64,
}

/// The difference between a batch and what its recipe picks today. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/batches/{batch}/diff", responses((status = 200, body = BatchDiff)))]
pub(crate) async fn diff_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<BatchDiff>> {
    let diff = diff::diff(&app, &me.actor, project, batch).await?;
    Ok(Json(BatchDiff {
        then: diff.then,
        now: diff.now,
        same: diff.same,
        added: diff.added,
        removed: diff.removed,
        added_sample: diff.added_sample.into_iter().map(Asset::from).collect(),
        removed_sample: diff.removed_sample.into_iter().map(Asset::from).collect(),
        took_ms: diff.took_ms,
    }))
}
