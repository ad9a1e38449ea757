//! Verdicts of reviewers, never changed.

use std::collections::BTreeSet;

use sheaf_model::slot::Fence;
use sheaf_model::{Millis, ProjectId, ReviewId, TaskId, UserId, Verdict};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx, to_json};

#[derive(Debug, Clone)]
pub struct ReviewRow {
    pub id: ReviewId,
    /// SHA-256 of what was said: a second verdict under the same id is told from a repeat by it.
    pub body_hash: [u8; 32],
    pub task: TaskId,
    /// From 1.
    pub level: u8,
    pub person: UserId,
    pub round: i64,
    pub fence: Fence,
    pub verdict: Verdict,
    pub note: String,
    /// Label slots that were sent back; none: all of them.
    pub slots: BTreeSet<u8>,
    pub at: Millis,
}

const COLUMNS: &str =
    "review_id, body_hash, project_id, batch_id, ordinal, stage, person, round, fence, verdict, note, slots,
     at_ms";

fn review(row: &Row<'_>) -> Result<ReviewRow> {
    let task = row.task(2)?;
    let verdict = row.text(9)?;
    Ok(ReviewRow {
        id: ReviewId(row.bytes(0)?),
        body_hash: row.bytes(1)?,
        task,
        level: row.int(5)? as u8,
        person: UserId(row.int(6)?),
        round: row.int(7)?,
        fence: row.bytes(8)?,
        verdict: Verdict::parse(&verdict)
            .ok_or_else(|| StoreError::inconsistent("reviews", task, format!("verdict `{verdict}`")))?,
        note: row.text(10)?,
        slots: row.json(11)?,
        at: row.int(12)?,
    })
}

impl Tx<'_> {
    pub fn review(&self, project: ProjectId, id: ReviewId) -> Result<Option<ReviewRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM reviews WHERE project_id = ?1 AND review_id = ?2"),
            args![project, &id.0],
            review,
        )
    }

    pub fn insert_review(&self, new: &ReviewRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO reviews (project_id, review_id, body_hash, batch_id, ordinal, stage, person, round, fence, verdict,
                                  note, slots, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            args![
                new.task.project,
                &new.id.0,
                &new.body_hash,
                new.task.batch,
                new.task.ordinal,
                new.level,
                new.person,
                new.round,
                &new.fence,
                new.verdict.as_str(),
                &new.note,
                &to_json(&new.slots)?,
                new.at,
            ],
        )?;
        Ok(())
    }

    /// What reviewers said of a task, oldest first.
    pub fn task_reviews(&self, task: TaskId) -> Result<Vec<ReviewRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM reviews WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3
                 ORDER BY at_ms, review_id"
            ),
            args![task.project, task.batch, task.ordinal],
            review,
        )
    }
}
