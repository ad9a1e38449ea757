//! Drafts, kept when a lease is lost; and skips.

use sheaf_model::{BatchId, Millis, ProjectId, TaskId, UserId};

use crate::ahead::Ask;
use crate::args;
use crate::error::Result;
use crate::queue::SlotKey;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct DraftRow {
    pub seq: i64,
    /// JSON of a response.
    pub response: String,
    pub saved: Millis,
}

/// That a person passed on a stage of a task.
#[derive(Debug, Clone)]
pub struct SkipRow {
    pub task: TaskId,
    pub stage: u8,
    pub person: UserId,
    pub reason: String,
    pub at: Millis,
}

fn skip(project: ProjectId, row: &Row<'_>) -> Result<SkipRow> {
    Ok(SkipRow {
        task: TaskId { project, batch: BatchId(row.int(0)?), ordinal: row.u32(1)? },
        stage: row.int(2)? as u8,
        person: UserId(row.int(3)?),
        reason: row.text(4)?,
        at: row.int(5)?,
    })
}

/// A person's draft for a stage of a task.
pub(crate) fn one_sql() -> String {
    "SELECT seq, response, saved_ms FROM drafts
     WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4 AND person = ?5"
        .to_owned()
}

impl Tx<'_> {
    pub fn draft(&self, key: &SlotKey, person: UserId) -> Result<Option<DraftRow>> {
        let drafts = self.asked(&Ask::Draft(key.task, key.stage, person), |row| {
            Ok(DraftRow { seq: row.int(0)?, response: row.text(1)?, saved: row.int(2)? })
        })?;
        Ok(drafts.into_iter().next())
    }

    /// Keeps a draft, unless a newer one is there (by the client's sequence number).
    pub fn put_draft(&self, key: &SlotKey, person: UserId, draft: &DraftRow) -> Result<bool> {
        let n = self.exec(
            "INSERT INTO drafts (project_id, batch_id, ordinal, stage, person, seq, response, saved_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (project_id, batch_id, ordinal, stage, person)
             DO UPDATE SET seq = excluded.seq, response = excluded.response, saved_ms = excluded.saved_ms
             WHERE excluded.seq >= drafts.seq",
            args![
                key.task.project,
                key.task.batch,
                key.task.ordinal,
                key.stage,
                person,
                draft.seq,
                &draft.response,
                draft.saved,
            ],
        )?;
        Ok(n == 1)
    }

    pub fn delete_draft(&self, key: &SlotKey, person: UserId) -> Result<()> {
        self.ahead.forget(&Ask::Draft(key.task, key.stage, person));
        self.gather(
            "DELETE FROM drafts
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4 AND person = ?5",
            (key.task, key.stage, person),
            args![key.task.project, key.task.batch, key.task.ordinal, key.stage, person],
        )
    }

    /// Nobody has passed on a task any more.
    pub fn delete_skips(&self, task: TaskId) -> Result<()> {
        self.exec_later(
            "DELETE FROM skips WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3",
            args![task.project, task.batch, task.ordinal],
        )?;
        self.opened(task.project, task.batch, task.ordinal, |_| false);
        Ok(())
    }

    /// A person has not passed on a task any more. Whether they had.
    pub fn delete_skips_of(&self, task: TaskId, person: UserId) -> Result<bool> {
        let n = self.exec(
            "DELETE FROM skips WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND person = ?4",
            args![task.project, task.batch, task.ordinal, person],
        )?;
        self.opened(task.project, task.batch, task.ordinal, |_| false);
        Ok(n > 0)
    }

    /// A person has not passed on a stage of a task any more.
    pub fn forget_skip(&self, key: &SlotKey, person: UserId) -> Result<()> {
        self.exec_later(
            "DELETE FROM skips WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4 AND person = ?5",
            args![key.task.project, key.task.batch, key.task.ordinal, key.stage, person],
        )?;
        self.opened(key.task.project, key.task.batch, key.task.ordinal, |_| false);
        Ok(())
    }

    /// Who passed on a task, first first.
    pub fn skips_of_task(&self, task: TaskId) -> Result<Vec<SkipRow>> {
        self.all(
            "SELECT batch_id, ordinal, stage, person, reason, at_ms FROM skips
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 ORDER BY at_ms, stage, person",
            args![task.project, task.batch, task.ordinal],
            |row| skip(task.project, row),
        )
    }

    /// What a person passed on in a project, newest first.
    pub fn skips_of_person(&self, project: ProjectId, person: UserId, limit: u32) -> Result<Vec<SkipRow>> {
        self.all(
            "SELECT batch_id, ordinal, stage, person, reason, at_ms FROM skips INDEXED BY skips_person
             WHERE project_id = ?1 AND person = ?2 ORDER BY at_ms DESC, batch_id, ordinal LIMIT ?3",
            args![project, person, limit],
            |row| skip(project, row),
        )
    }

    /// Remembers that a person passed on a task. The number of people who did.
    pub fn put_skip(&self, key: &SlotKey, person: UserId, reason: &str, now: Millis) -> Result<i64> {
        self.exec_later(
            "INSERT INTO skips (project_id, batch_id, ordinal, stage, person, reason, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (project_id, batch_id, ordinal, stage, person)
             DO UPDATE SET reason = excluded.reason, at_ms = excluded.at_ms",
            args![key.task.project, key.task.batch, key.task.ordinal, key.stage, person, reason, now],
        )?;
        self.int(
            "SELECT count(*) FROM skips WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4",
            args![key.task.project, key.task.batch, key.task.ordinal, key.stage],
        )
    }
}
