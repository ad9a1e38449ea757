//! Standing batches: their plans, what is due, what came of their runs, and what the runs have counted.

use roaring::RoaringBitmap;
use sheaf_model::{
    BatchId, Millis, ProjectId, RunCause, RunOutcome, StandingBatchId, StandingPlan, Trigger, UserId,
};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx, to_json};

#[derive(Debug, Clone)]
pub struct StandingBatchRow {
    pub project: ProjectId,
    pub id: StandingBatchId,
    pub name: String,
    pub plan: StandingPlan,
    pub paused: bool,
    /// The first due time that was not dealt with; there when it is active and daily.
    pub next_due: Option<Millis>,
    /// Runs so far; the last one has this number.
    pub n_runs: i64,
    pub created: Millis,
    pub created_by: UserId,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct StandingRunRow {
    pub n: i64,
    pub cause: RunCause,
    pub due: Millis,
    pub ran: Millis,
    pub outcome: RunOutcome,
    pub batch: Option<BatchId>,
    /// Read only; `None` when the batch was deleted.
    pub batch_name: Option<String>,
    pub members: i64,
    pub message: Option<String>,
}

/// A standing batch that waits for matches, and the revision of its project's library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counting {
    pub project: ProjectId,
    pub id: StandingBatchId,
    pub revision: i64,
}

const COLUMNS: &str =
    "project_id, standing_batch_id, name, plan, state, next_due_ms, n_runs, created_ms, created_by";

fn standing_batch(row: &Row<'_>) -> Result<StandingBatchRow> {
    Ok(StandingBatchRow {
        project: ProjectId(row.int(0)?),
        id: StandingBatchId(row.int(1)?),
        name: row.text(2)?,
        plan: row.json(3)?,
        paused: row.text(4)? == "paused",
        next_due: row.opt_int(5)?,
        n_runs: row.int(6)?,
        created: row.int(7)?,
        created_by: UserId(row.int(8)?),
    })
}

fn run(row: &Row<'_>) -> Result<StandingRunRow> {
    let n = row.int(0)?;
    let (cause, outcome) = (row.text(1)?, row.text(4)?);
    let bad = |what: String| StoreError::inconsistent("standing_runs", n, what);
    Ok(StandingRunRow {
        n,
        cause: RunCause::parse(&cause).ok_or_else(|| bad(format!("cause `{cause}`")))?,
        due: row.int(2)?,
        ran: row.int(3)?,
        outcome: RunOutcome::parse(&outcome).ok_or_else(|| bad(format!("outcome `{outcome}`")))?,
        batch: row.opt_int(5)?.map(BatchId),
        members: row.int(6)?,
        message: row.opt_text(7)?,
        batch_name: row.opt_text(8)?,
    })
}

impl StandingBatchRow {
    fn state(&self) -> &'static str {
        if self.paused { "paused" } else { "active" }
    }
    fn trigger_kind(&self) -> &'static str {
        match self.plan.trigger {
            Trigger::Daily(_) => "daily",
            Trigger::Matches { .. } => "matches",
        }
    }
}

impl Tx<'_> {
    pub fn insert_standing_batch(&self, new: &StandingBatchRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO standing_batches (project_id, standing_batch_id, name, plan, trigger_kind, state, next_due_ms,
                                           created_ms, created_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            args![
                new.project,
                new.id,
                &new.name,
                &to_json(&new.plan)?,
                new.trigger_kind(),
                new.state(),
                new.next_due,
                new.created,
                new.created_by,
            ],
        )?;
        Ok(())
    }

    /// Writes everything that may change: name, plan, state, what is due.
    pub fn update_standing_batch(&self, changed: &StandingBatchRow) -> Result<()> {
        self.exec_later(
            "UPDATE standing_batches SET name = ?3, plan = ?4, trigger_kind = ?5, state = ?6, next_due_ms = ?7
             WHERE project_id = ?1 AND standing_batch_id = ?2",
            args![
                changed.project,
                changed.id,
                &changed.name,
                &to_json(&changed.plan)?,
                changed.trigger_kind(),
                changed.state(),
                changed.next_due,
            ],
        )?;
        Ok(())
    }

    pub fn standing_batch(
        &self,
        project: ProjectId,
        id: StandingBatchId,
    ) -> Result<Option<StandingBatchRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM standing_batches WHERE project_id = ?1 AND standing_batch_id = ?2"
            ),
            args![project, id],
            standing_batch,
        )
    }

    pub fn standing_batch_by_name(&self, project: ProjectId, name: &str) -> Result<Option<StandingBatchRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM standing_batches WHERE project_id = ?1 AND name = ?2"),
            args![project, name],
            standing_batch,
        )
    }

    /// Every standing batch of a project, by name. (The app bounds how many there are.)
    pub fn standing_batches(&self, project: ProjectId) -> Result<Vec<StandingBatchRow>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM standing_batches WHERE project_id = ?1 ORDER BY name"),
            args![project],
            standing_batch,
        )
    }

    /// Away with it, its history and what it has counted. The batches that it made stay.
    pub fn delete_standing_batch(&self, project: ProjectId, id: StandingBatchId) -> Result<()> {
        for table in ["standing_counted", "standing_runs", "standing_batches"] {
            self.exec_later(
                &format!("DELETE FROM {table} WHERE project_id = ?1 AND standing_batch_id = ?2"),
                args![project, id],
            )?;
        }
        Ok(())
    }

    /// What is due at a time, oldest first, at most `limit`. Archived projects rest.
    pub fn due_standing_batches(&self, now: Millis, limit: u32) -> Result<Vec<(ProjectId, StandingBatchId)>> {
        self.all(
            "SELECT s.project_id, s.standing_batch_id FROM standing_batches s JOIN projects p USING (project_id)
             WHERE s.next_due_ms <= ?1 AND p.archived = 0 ORDER BY s.next_due_ms LIMIT ?2",
            args![now, limit],
            |row| Ok((ProjectId(row.int(0)?), StandingBatchId(row.int(1)?))),
        )
    }

    /// When something is due after a time.
    pub fn next_standing_due(&self, after: Millis) -> Result<Option<Millis>> {
        self.one(
            "SELECT s.next_due_ms FROM standing_batches s JOIN projects p USING (project_id)
             WHERE s.next_due_ms > ?1 AND p.archived = 0 ORDER BY s.next_due_ms LIMIT 1",
            args![after],
            |row| row.int(0),
        )
    }

    /// The active ones that wait for matches, with the revisions of their projects' libraries.
    pub fn counting_standing_batches(&self) -> Result<Vec<Counting>> {
        self.all(
            "SELECT s.project_id, s.standing_batch_id, p.revision
             FROM standing_batches s JOIN projects p USING (project_id)
             WHERE s.state = 'active' AND s.trigger_kind = 'matches' AND p.archived = 0
             ORDER BY s.project_id, s.standing_batch_id",
            args![],
            |row| {
                Ok(Counting {
                    project: ProjectId(row.int(0)?),
                    id: StandingBatchId(row.int(1)?),
                    revision: row.int(2)?,
                })
            },
        )
    }

    /// Adds a run with the next number, which is `row.n_runs + 1`.
    pub fn insert_standing_run(&self, of: &StandingBatchRow, new: &StandingRunRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO standing_runs (project_id, standing_batch_id, n, cause, due_ms, ran_ms, outcome, batch_id,
                                        members, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            args![
                of.project,
                of.id,
                new.n,
                new.cause.as_str(),
                new.due,
                new.ran,
                new.outcome.as_str(),
                new.batch,
                new.members,
                new.message.as_ref(),
            ],
        )?;
        self.exec_later(
            "UPDATE standing_batches SET n_runs = ?3 WHERE project_id = ?1 AND standing_batch_id = ?2",
            args![of.project, of.id, new.n],
        )?;
        Ok(())
    }

    /// One page of what came of the runs, newest first, before a number.
    pub fn standing_runs(
        &self,
        project: ProjectId,
        id: StandingBatchId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<StandingRunRow>> {
        self.all(
            "SELECT r.n, r.cause, r.due_ms, r.ran_ms, r.outcome, r.batch_id, r.members, r.message, b.name
             FROM standing_runs r LEFT JOIN batches b ON b.project_id = r.project_id AND b.batch_id = r.batch_id
             WHERE r.project_id = ?1 AND r.standing_batch_id = ?2 AND r.n < ?3 ORDER BY r.n DESC LIMIT ?4",
            args![project, id, before.unwrap_or(i64::MAX), limit],
            run,
        )
    }

    /// The last due time that was dealt with.
    pub fn last_standing_due(&self, project: ProjectId, id: StandingBatchId) -> Result<Option<Millis>> {
        self.one(
            "SELECT due_ms FROM standing_runs WHERE project_id = ?1 AND standing_batch_id = ?2 AND cause = 'time'
             ORDER BY due_ms DESC LIMIT 1",
            args![project, id],
            |row| row.int(0),
        )
    }

    /// The standing batch that made a batch.
    pub fn standing_batch_of(
        &self,
        project: ProjectId,
        batch: BatchId,
    ) -> Result<Option<(StandingBatchId, String)>> {
        self.one(
            "SELECT s.standing_batch_id, s.name
             FROM standing_runs r JOIN standing_batches s USING (project_id, standing_batch_id)
             WHERE r.project_id = ?1 AND r.batch_id = ?2",
            args![project, batch],
            |row| Ok((StandingBatchId(row.int(0)?), row.text(1)?)),
        )
    }

    /// The matches that earlier runs have counted.
    pub fn standing_counted(&self, project: ProjectId, id: StandingBatchId) -> Result<RoaringBitmap> {
        let blobs = self.all(
            "SELECT chunk, data FROM standing_counted WHERE project_id = ?1 AND standing_batch_id = ?2 ORDER BY chunk",
            args![project, id],
            |row| Ok((row.u32(0)?, row.blob(1)?)),
        )?;
        decode(&blobs)
    }

    /// Adds matches to those that are counted. Writes the chunks that they are in.
    pub fn add_standing_counted(
        &self,
        project: ProjectId,
        id: StandingBatchId,
        more: &RoaringBitmap,
    ) -> Result<()> {
        for new in sheaf_select::members::encode(more) {
            let old = self.one(
                "SELECT data FROM standing_counted
                 WHERE project_id = ?1 AND standing_batch_id = ?2 AND chunk = ?3",
                args![project, id, new.chunk],
                |row| row.blob(0),
            )?;
            let both: Vec<(u32, Vec<u8>)> =
                old.into_iter().chain([new.data]).map(|data| (new.chunk, data)).collect();
            for blob in sheaf_select::members::encode(&decode(&both)?) {
                self.exec_later(
                    "INSERT INTO standing_counted (project_id, standing_batch_id, chunk, data) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (project_id, standing_batch_id, chunk) DO UPDATE SET data = excluded.data",
                    args![project, id, blob.chunk, &blob.data],
                )?;
            }
        }
        Ok(())
    }
}

fn decode(blobs: &[(u32, Vec<u8>)]) -> Result<RoaringBitmap> {
    sheaf_select::members::decode(blobs.iter().map(|(chunk, data)| (*chunk, data.as_slice())))
        .map_err(|error| StoreError::Database(error.to_string()))
}
