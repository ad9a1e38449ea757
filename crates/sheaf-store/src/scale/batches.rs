//! Batches as clients of Scale's API made them: callback, metadata, and how many of their tasks are where.

use sheaf_model::{BatchId, ProjectId};

use crate::args;
use crate::error::Result;
use crate::scale::Status;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct ClientBatch {
    pub project: ProjectId,
    pub id: BatchId,
    /// Whether tasks name it; otherwise it is for those that name no batch.
    pub named: bool,
    pub callback: Option<String>,
    /// A JSON object.
    pub metadata: String,
    pub counts: Counts,
    /// Its end was told to the callback.
    pub told: bool,
    /// The source of the pre-labels that its tasks brought; there as soon as one did.
    pub prelabels: Option<String>,
}

/// Tasks by their status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub pending: i64,
    pub completed: i64,
    pub canceled: i64,
    pub error: i64,
}

impl Counts {
    pub fn of(self, status: Status) -> i64 {
        match status {
            Status::Pending => self.pending,
            Status::Completed => self.completed,
            Status::Canceled => self.canceled,
            Status::Error => self.error,
        }
    }

    pub fn all(self) -> i64 {
        self.pending + self.completed + self.canceled + self.error
    }
}

const COLUMNS: &str =
    "project_id, batch_id, named, callback, metadata, n_pending, n_completed, n_canceled, n_error, told,
     prelabels";

fn batch(row: &Row<'_>) -> Result<ClientBatch> {
    Ok(ClientBatch {
        project: ProjectId(row.int(0)?),
        id: BatchId(row.int(1)?),
        named: row.bool(2)?,
        callback: row.opt_text(3)?,
        metadata: row.text(4)?,
        counts: Counts {
            pending: row.int(5)?,
            completed: row.int(6)?,
            canceled: row.int(7)?,
            error: row.int(8)?,
        },
        told: row.bool(9)?,
        prelabels: row.opt_text(10)?,
    })
}

impl Tx<'_> {
    pub fn client_batch(&self, project: ProjectId, id: BatchId) -> Result<Option<ClientBatch>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM scale_batches WHERE project_id = ?1 AND batch_id = ?2"),
            args![project, id],
            batch,
        )
    }

    pub fn client_batches(&self, project: ProjectId) -> Result<Vec<ClientBatch>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM scale_batches WHERE project_id = ?1 ORDER BY batch_id"),
            args![project],
            batch,
        )
    }

    /// The batch of the tasks that name none.
    pub fn unnamed_client_batch(&self, project: ProjectId) -> Result<Option<ClientBatch>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM scale_batches WHERE project_id = ?1 AND named = 0"),
            args![project],
            batch,
        )
    }

    pub fn insert_client_batch(&self, new: &ClientBatch) -> Result<()> {
        self.exec_later(
            "INSERT INTO scale_batches (project_id, batch_id, named, callback, metadata) VALUES (?1, ?2, ?3, ?4, ?5)",
            args![new.project, new.id, new.named, new.callback.as_deref(), &new.metadata],
        )?;
        // Its row says now that a client has made it.
        self.queue.roster_changed();
        self.changed.add(crate::topics::Topic::Roster);
        Ok(())
    }

    pub fn set_client_batch(&self, changed: &ClientBatch) -> Result<()> {
        self.exec_later(
            "UPDATE scale_batches SET callback = ?3, metadata = ?4, told = ?5, prelabels = ?6
             WHERE project_id = ?1 AND batch_id = ?2",
            args![
                changed.project,
                changed.id,
                changed.callback.as_deref(),
                &changed.metadata,
                changed.told,
                changed.prelabels.as_deref(),
            ],
        )
    }

    /// Notes that a task of a batch has come into a status, or from one into another.
    pub(super) fn count_client_task(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: Option<Status>,
        to: Status,
    ) -> Result<()> {
        if from == Some(to) {
            return Ok(());
        }
        let more = |status| i64::from(to == status) - i64::from(from == Some(status));
        self.exec_later(
            "UPDATE scale_batches SET n_pending = n_pending + ?3, n_completed = n_completed + ?4,
                    n_canceled = n_canceled + ?5, n_error = n_error + ?6
             WHERE project_id = ?1 AND batch_id = ?2",
            args![
                project,
                batch,
                more(Status::Pending),
                more(Status::Completed),
                more(Status::Canceled),
                more(Status::Error),
            ],
        )
    }
}
