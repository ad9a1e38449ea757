//! A batch as clients see it: Sheaf's state, and the tasks that are on their way into it.

use std::collections::HashMap;

use serde_json::{Value, json};
use sheaf_model::{BatchId, BatchKind, BatchState, ProjectId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::scale::{ClientBatch, Counts};

use super::{id, time};
use crate::Result;

/// A batch with what clients have of it.
pub(super) struct Seen {
    pub(super) row: BatchRow,
    pub(super) counts: Counts,
    callback: Option<String>,
    metadata: Value,
    named: bool,
}

impl Seen {
    pub(super) fn of(tx: &Tx<'_>, row: BatchRow) -> Result<Self> {
        let client = tx.client_batch(row.project, row.id)?;
        Self::with(row, client)
    }

    /// Batches of one project. What clients have of them is read at once.
    pub(super) fn all(tx: &Tx<'_>, project: ProjectId, rows: Vec<BatchRow>) -> Result<Vec<Self>> {
        let all = tx.client_batches(project)?.into_iter().map(|client| (client.id, client));
        let mut clients: HashMap<BatchId, ClientBatch> = all.collect();
        rows.into_iter()
            .map(|row| {
                let client = clients.remove(&row.id);
                Self::with(row, client)
            })
            .collect()
    }

    fn with(row: BatchRow, client: Option<ClientBatch>) -> Result<Self> {
        let Some(client) = client else {
            let (metadata, counts) = (json!({}), of_sheaf(&row));
            return Ok(Self { row, counts, callback: None, metadata, named: true });
        };
        let metadata = sheaf_store::sql::from_json(&client.metadata)?;
        // Of a batch in which no client has made a task its members are the tasks.
        let mut counts = client.counts;
        if counts == Counts::default() {
            counts = of_sheaf(&row);
        }
        Ok(Self { counts, callback: client.callback, metadata, named: client.named, row })
    }

    pub(super) fn is_named(&self) -> bool {
        self.named
    }

    /// `staging`, `in_progress`, `completed`: what version 1 of the API knows.
    pub(super) fn status(&self) -> &'static str {
        match self.row.state {
            BatchState::Staging => "staging",
            BatchState::Completed if self.counts.pending == 0 => "completed",
            BatchState::Cancelled => "completed",
            BatchState::InProgress | BatchState::Paused | BatchState::Completed => "in_progress",
        }
    }

    /// With the two more of version 2.
    pub(super) fn status_v2(&self) -> &'static str {
        match self.row.state {
            BatchState::Paused => "paused",
            BatchState::Cancelled => "cancelled",
            _ => self.status(),
        }
    }

    pub(super) fn v1(&self, project: &str) -> Value {
        json!({
            "id": id::batch(self.row.project, self.row.id),
            "name": self.row.name,
            "project": project,
            "status": self.status(),
            "callback": self.callback,
            "metadata": self.metadata,
            "calibration_batch": self.row.kind == BatchKind::Calibration,
            "self_label_batch": self.row.kind == BatchKind::SelfLabel,
            "archived": self.row.archived,
            "created_at": time::iso(self.row.created),
            "completed_at": self.row.ended.map(time::iso),
        })
    }

    pub(super) fn v2(&self, project: Value) -> Value {
        json!({
            "id": id::batch(self.row.project, self.row.id),
            "name": self.row.name,
            "project": project,
            "status": self.status_v2(),
            "callback": self.callback,
            "metadata": self.metadata,
            "created_at": time::iso(self.row.created),
            "completed_at": self.row.ended.map(time::iso),
        })
    }

    /// How many tasks are where.
    pub(super) fn numbers(&self) -> Value {
        json!({
            "status": self.status(),
            "pending": self.counts.pending,
            "completed": self.counts.completed,
            "error": self.counts.error,
            "canceled": self.counts.canceled,
        })
    }
}

/// The tasks of a batch that was made in Sheaf.
fn of_sheaf(row: &BatchRow) -> Counts {
    let (done, left) = (row.progress.counts.done, row.n_members - row.progress.counts.done);
    match row.state {
        BatchState::Cancelled => Counts { completed: done, canceled: left, ..Counts::default() },
        _ => Counts { completed: done, pending: left, ..Counts::default() },
    }
}
