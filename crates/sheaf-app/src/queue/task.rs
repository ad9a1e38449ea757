//! A task as an annotator gets it.

use sheaf_model::project::Media;
use sheaf_model::{BatchId, BatchKind, LeaseId, Millis, ProjectId, TaskId};
use sheaf_store::Tx;
use sheaf_store::queue::SlotRow;
use sheaf_store::queue::drafts::DraftRow;

use crate::library::AssetView;
use crate::library::view::views;
use crate::{App, Error, Result};

#[derive(Debug)]
pub struct TaskView {
    pub task: TaskId,
    pub lease: LeaseId,
    pub lease_remaining_ms: Millis,
    /// How often the browser should give a sign of life.
    pub heartbeat_ms: Millis,
    pub project: (ProjectId, String, Media),
    pub batch: (BatchId, String, BatchKind),
    pub asset: AssetView,
    pub taxonomy_version: i64,
    pub draft: Option<DraftRow>,
}

/// A visible tab renews a lease at a fifth of it.
const HEARTBEATS_A_LEASE: Millis = 5;

pub(crate) fn view(app: &App, tx: &Tx<'_>, row: &SlotRow) -> Result<TaskView> {
    let task = row.key.task;
    let gone = || Error::internal(format!("{task} has a slot but no asset, batch or project"));
    let project = tx.project(task.project)?.ok_or_else(gone)?;
    let batch = tx.batch(task.project, task.batch)?.ok_or_else(gone)?;
    let asset = tx.asset(task.project, task.ordinal)?.ok_or_else(gone)?;
    let mut asset = views(tx, task.project, vec![asset])?.pop().ok_or_else(gone)?;
    // An annotator is shown the asset, not what else is done with it.
    asset.batches.retain(|(id, _)| *id == task.batch);
    let (Some(fence), Some(holder)) = (row.slot.fence, row.slot.holder) else { return Err(gone()) };
    let lease_ms = super::grant::lease_ms(&project);
    Ok(TaskView {
        task,
        lease: row.key.lease(fence),
        lease_remaining_ms: row.slot.lease_until.map_or(0, |until| (until - app.now()).max(0)),
        heartbeat_ms: lease_ms / HEARTBEATS_A_LEASE,
        batch: (batch.id, batch.name, batch.kind),
        project: (project.id, project.name, project.media),
        asset,
        taxonomy_version: row.taxonomy_version,
        draft: tx.draft(&row.key, holder)?,
    })
}
