//! What is to be told to the callbacks of tasks and batches: an outbox, written in the transaction of what happened.

use sheaf_model::{Millis, ProjectId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};
use crate::topics::Topic;

#[derive(Debug, Clone)]
pub struct CallbackRow {
    pub project: ProjectId,
    /// Grows with the time.
    pub number: i64,
    /// The task that it is about; none: a batch.
    pub task: Option<u32>,
    pub url: String,
    pub body: String,
    /// Failed ones.
    pub attempts: u32,
    pub due: Millis,
}

fn callback(row: &Row<'_>) -> Result<CallbackRow> {
    Ok(CallbackRow {
        project: ProjectId(row.int(0)?),
        number: row.int(1)?,
        task: row.opt_u32(2)?,
        url: row.text(3)?,
        body: row.text(4)?,
        attempts: row.u32(5)?,
        due: row.int(6)?,
    })
}

impl Tx<'_> {
    pub fn put_callback(&self, new: &CallbackRow) -> Result<()> {
        self.changed.add(Topic::Outbox);
        let newest = self.one(
            "SELECT number FROM scale_callbacks WHERE project_id = ?1 ORDER BY number DESC LIMIT 1",
            args![new.project],
            |row| row.int(0),
        )?;
        let number = new.number.max(newest.map_or(0, |newest| newest + 1));
        self.exec_later(
            "INSERT INTO scale_callbacks (project_id, number, task, url, body, attempts, due_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            args![new.project, number, new.task, &new.url, &new.body, new.attempts, new.due],
        )
    }

    /// What is due of a project, the oldest first.
    pub fn due_callbacks(&self, project: ProjectId, now: Millis, limit: u32) -> Result<Vec<CallbackRow>> {
        self.all(
            "SELECT project_id, number, task, url, body, attempts, due_ms FROM scale_callbacks
             WHERE project_id = ?1 AND due_ms <= ?2 ORDER BY due_ms, number LIMIT ?3",
            args![project, now, limit],
            callback,
        )
    }

    /// When the next one of a project is due.
    pub fn next_callback_due(&self, project: ProjectId) -> Result<Option<Millis>> {
        self.one(
            "SELECT due_ms FROM scale_callbacks WHERE project_id = ?1 ORDER BY due_ms LIMIT 1",
            args![project],
            |row| row.int(0),
        )
    }

    /// Puts one off, if it is still due when it was; whether it was.
    pub fn put_off_callback(&self, row: &CallbackRow, attempts: u32, due: Millis) -> Result<bool> {
        let n = self.exec(
            "UPDATE scale_callbacks SET attempts = ?4, due_ms = ?5 WHERE project_id = ?1 AND number = ?2 AND due_ms = ?3",
            args![row.project, row.number, row.due, attempts, due],
        )?;
        Ok(n == 1)
    }

    pub fn delete_callback(&self, project: ProjectId, number: i64) -> Result<()> {
        self.exec_later(
            "DELETE FROM scale_callbacks WHERE project_id = ?1 AND number = ?2",
            args![project, number],
        )
    }
}
