//! Batches: their rows, their members (one blob a chunk), and what is already included elsewhere.

use roaring::RoaringBitmap;
use sheaf_model::{
    BatchId, BatchKind, BatchState, Millis, OpenTo, Ordinal, ProjectId, QueuePlace, TaskCounts, TaskOrder,
    TaskRules, UserId,
};

use crate::args;
use crate::batch_progress::{Progress, progress};
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx, to_json};

#[derive(Debug, Clone)]
pub struct BatchRow {
    pub project: ProjectId,
    pub id: BatchId,
    pub name: String,
    pub kind: BatchKind,
    pub state: BatchState,
    pub archived: bool,
    pub priority: i64,
    /// Of the members; grows when some are added.
    pub revision: i64,
    /// JSON, as the app wrote it.
    pub recipe: String,
    pub rules: TaskRules,
    pub n_members: i64,
    /// Of this set of members; no other that the batch ever had has the same.
    pub stamp: i64,
    pub open_to: OpenTo,
    pub order: TaskOrder,
    /// The stored order in use; 0: none is.
    pub sequence: i64,
    pub due: Option<Millis>,
    /// That a manager gave it among the batches of the project.
    pub position: Option<i64>,
    /// Of a person's claims in the project, how many in a hundred are of this gold batch.
    pub gold_rate: u8,
    /// The source whose pre-labels its annotators begin with.
    pub prelabels: Option<String>,
    pub progress: Progress,
    pub created: Millis,
    pub created_by: UserId,
    pub launched: Option<Millis>,
    pub ended: Option<Millis>,
    /// A client of Scale's API made it, or tasks for it.
    pub of_client: bool,
    /// It holds answers that people gave elsewhere: its tasks are done, and nobody is offered one of them.
    pub brought_in: bool,
}

impl BatchRow {
    /// Judgements that its tasks need in all.
    pub fn n_judgements(&self) -> i64 {
        if self.brought_in {
            return self.progress.counts.submitted;
        }
        self.n_members * i64::from(self.rules.overlap)
    }
    /// Judgements that wait to be claimed: of tasks that nobody touched, or free again. None of a quality batch: its tasks
    /// wait for whoever comes.
    pub fn n_pending(&self) -> i64 {
        if self.kind.is_quality() {
            return 0;
        }
        let TaskCounts { leased, submitted, blocked, .. } = self.progress.counts;
        (self.n_judgements() - leased - submitted - blocked).max(0)
    }
    /// Where it stands in the project's queue.
    pub fn place(&self) -> QueuePlace {
        QueuePlace::new(self.kind, self.position, self.priority, self.id)
    }
    /// Included for the default exclusion: not cancelled before it was launched.
    pub fn counts_as_included(&self) -> bool {
        self.state != BatchState::Cancelled || self.launched.is_some()
    }
}

/// Of `batches b JOIN batch_progress p`.
pub(crate) const COLUMNS: &str = "b.project_id, b.batch_id, b.name, b.kind, b.state, b.archived, b.priority, b.revision,
     b.recipe, b.n_members, b.created_ms, b.created_by, b.launched_ms, b.ended_ms, b.stamp, b.overlap, b.review_levels,
     b.open_to, b.task_order, b.sequence, b.due_ms, b.position,
     b.gold_rate, p.cursor, p.late_cursor, p.n_open, p.n_leased, p.n_submitted, p.n_blocked, p.n_review_open, p.n_review_leased,
     p.n_done,
     (SELECT count(*) FROM scale_batches s WHERE s.project_id = b.project_id AND s.batch_id = b.batch_id), b.prelabels,
     b.brought_in";
pub(crate) const TABLES: &str =
    "batches b JOIN batch_progress p ON p.project_id = b.project_id AND p.batch_id = b.batch_id";

/// Tables whose every row is of a batch.
pub(crate) const OF_A_BATCH: [&str; 18] = [
    "agreement_sums",
    "agreements",
    "answer_labels",
    "batch_hours",
    "batch_late",
    "batch_members",
    "batch_progress",
    "batch_revisions",
    "batch_sequence",
    "drafts",
    "known_answers",
    "quality",
    "reviews",
    "scale_batches",
    "scale_tasks",
    "skips",
    "slots",
    "submissions",
];

pub(crate) fn batch(row: &Row<'_>) -> Result<BatchRow> {
    let id = BatchId(row.int(1)?);
    let (kind, state, brought_in) = (row.text(3)?, row.text(4)?, row.bool(34)?);
    let bad = |what: String| StoreError::inconsistent("batches", id, what);
    Ok(BatchRow {
        project: ProjectId(row.int(0)?),
        id,
        name: row.text(2)?,
        kind: BatchKind::parse(&kind).ok_or_else(|| bad(format!("kind `{kind}`")))?,
        state: BatchState::parse(&state).ok_or_else(|| bad(format!("state `{state}`")))?,
        archived: row.bool(5)?,
        priority: row.int(6)?,
        revision: row.int(7)?,
        recipe: row.text(8)?,
        n_members: row.int(9)?,
        created: row.int(10)?,
        created_by: UserId(row.int(11)?),
        launched: row.opt_int(12)?,
        ended: row.opt_int(13)?,
        stamp: row.int(14)?,
        rules: match brought_in {
            true => TaskRules::AS_GIVEN,
            false => TaskRules { overlap: row.int(15)? as u8, review_levels: row.int(16)? as u8 },
        },
        open_to: row.opt_json(17)?.unwrap_or_default(),
        order: row.opt_json(18)?.unwrap_or_default(),
        sequence: row.int(19)?,
        due: row.opt_int(20)?,
        position: row.opt_int(21)?,
        gold_rate: row.int(22)? as u8,
        progress: progress(row, 23)?,
        of_client: row.int(32)? > 0,
        prelabels: row.opt_text(33)?,
        brought_in,
    })
}

impl Tx<'_> {
    /// Writes a new batch in staging, and its members.
    pub fn insert_batch(&self, new: &BatchRow, members: &RoaringBitmap) -> Result<()> {
        self.exec_later(
            "INSERT INTO batches (project_id, batch_id, name, kind, state, priority, recipe, n_members,
                                  created_ms, created_by, stamp, overlap, review_levels, open_to, task_order, due_ms,
                                  gold_rate, prelabels)
             VALUES (?1, ?2, ?3, ?4, 'staging', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            args![
                new.project,
                new.id,
                &new.name,
                new.kind.as_str(),
                new.priority,
                &new.recipe,
                members.len() as i64,
                new.created,
                new.created_by,
                new.stamp,
                new.rules.overlap,
                new.rules.review_levels,
                open_to_json(&new.open_to)?.as_ref(),
                order_json(&new.order)?.as_ref(),
                new.due,
                new.gold_rate,
                new.prelabels.as_ref(),
            ],
        )?;
        self.exec_later(
            "INSERT INTO batch_progress (project_id, batch_id) VALUES (?1, ?2)",
            args![new.project, new.id],
        )?;
        self.insert_members(new.project, new.id, members)
    }

    pub(crate) fn insert_members(
        &self,
        project: ProjectId,
        id: BatchId,
        members: &RoaringBitmap,
    ) -> Result<()> {
        for blob in sheaf_select::members::encode(members) {
            self.exec_later(
                "INSERT INTO batch_members (project_id, batch_id, chunk, n, data) VALUES (?1, ?2, ?3, ?4, ?5)",
                args![project, id, blob.chunk, blob.count, &blob.data],
            )?;
        }
        Ok(())
    }

    /// The id of the newest batch of a project.
    pub fn newest_batch(&self, project: ProjectId) -> Result<Option<BatchId>> {
        self.one(
            "SELECT batch_id FROM batches WHERE project_id = ?1 ORDER BY batch_id DESC LIMIT 1",
            args![project],
            |row| Ok(BatchId(row.int(0)?)),
        )
    }

    pub fn batch(&self, project: ProjectId, id: BatchId) -> Result<Option<BatchRow>> {
        self.settle_progress()?;
        self.one(
            &format!("SELECT {COLUMNS} FROM {TABLES} WHERE b.project_id = ?1 AND b.batch_id = ?2"),
            args![project, id],
            batch,
        )
    }

    pub fn batch_by_name(&self, project: ProjectId, name: &str) -> Result<Option<BatchRow>> {
        self.settle_progress()?;
        self.one(
            &format!("SELECT {COLUMNS} FROM {TABLES} WHERE b.project_id = ?1 AND b.name = ?2"),
            args![project, name],
            batch,
        )
    }

    /// Every batch of a project, newest first. (A project has hundreds; a batch has millions of members.)
    pub fn batches(&self, project: ProjectId) -> Result<Vec<BatchRow>> {
        self.settle_progress()?;
        self.all(
            &format!("SELECT {COLUMNS} FROM {TABLES} WHERE b.project_id = ?1 ORDER BY b.batch_id DESC"),
            args![project],
            batch,
        )
    }

    /// The batches of a project that are launched and not ended, the newest first.
    pub fn live_batches(&self, project: ProjectId) -> Result<Vec<BatchRow>> {
        self.settle_progress()?;
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM {TABLES} WHERE b.project_id = ?1 AND b.state IN ('in_progress', 'paused')
                   AND b.archived = 0 ORDER BY b.batch_id DESC"
            ),
            args![project],
            batch,
        )
    }

    /// One page of a project's batches, newest first, older than `before`.
    pub fn batches_page(
        &self,
        project: ProjectId,
        archived: bool,
        before: Option<BatchId>,
        limit: u32,
    ) -> Result<Vec<BatchRow>> {
        self.settle_progress()?;
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM {TABLES} WHERE b.project_id = ?1 AND b.archived = ?2 AND b.batch_id < ?3
                 ORDER BY b.batch_id DESC LIMIT ?4"
            ),
            args![project, archived, before.map_or(i64::MAX, |id| id.0), limit],
            batch,
        )
    }

    pub fn count_batches(&self, project: ProjectId, archived: bool) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM batches WHERE project_id = ?1 AND archived = ?2",
            args![project, archived],
        )
    }

    /// The members of a batch.
    pub fn batch_members(&self, project: ProjectId, id: BatchId) -> Result<RoaringBitmap> {
        let blobs = self.all(
            "SELECT chunk, data FROM batch_members WHERE project_id = ?1 AND batch_id = ?2 ORDER BY chunk",
            args![project, id],
            |row| Ok((row.u32(0)?, row.blob(1)?)),
        )?;
        decode(&blobs)
    }

    /// The members of a batch that were appended below its cursor, by the last append.
    pub fn late_members(&self, project: ProjectId, id: BatchId) -> Result<RoaringBitmap> {
        let blobs = self.all(
            "SELECT chunk, data FROM batch_late WHERE project_id = ?1 AND batch_id = ?2 ORDER BY chunk",
            args![project, id],
            |row| Ok((row.u32(0)?, row.blob(1)?)),
        )?;
        decode(&blobs)
    }

    /// The union of the members of several batches.
    pub fn members_of_any(&self, project: ProjectId, ids: &[BatchId]) -> Result<RoaringBitmap> {
        let mut blobs = Vec::new();
        for id in ids {
            self.each(
                "SELECT chunk, data FROM batch_members WHERE project_id = ?1 AND batch_id = ?2 ORDER BY chunk",
                args![project, *id],
                |row| {
                    blobs.push((row.u32(0)?, row.blob(1)?));
                    Ok(())
                },
            )?;
        }
        decode(&blobs)
    }

    /// The batches that have members in a chunk, with those members.
    pub fn members_in_chunk(&self, project: ProjectId, chunk: u32) -> Result<Vec<(BatchId, RoaringBitmap)>> {
        self.all(
            "SELECT batch_id, data FROM batch_members WHERE project_id = ?1 AND chunk = ?2 ORDER BY batch_id",
            args![project, chunk],
            |row| Ok((BatchId(row.int(0)?), decode(&[(chunk, row.blob(1)?)])?)),
        )
    }

    /// Whether an asset is a member of a batch.
    pub fn is_member(&self, project: ProjectId, id: BatchId, ordinal: Ordinal) -> Result<bool> {
        let blob = self.one(
            "SELECT data FROM batch_members WHERE project_id = ?1 AND batch_id = ?2 AND chunk = ?3",
            args![project, id, ordinal / sheaf_select::CHUNK],
            |row| row.blob(0),
        )?;
        match blob {
            Some(blob) => Ok(decode(&[(ordinal / sheaf_select::CHUNK, blob)])?.contains(ordinal)),
            None => Ok(false),
        }
    }

    /// Writes a batch's state, and the time of the launch or the end that goes with it.
    pub fn set_batch_state(
        &self,
        project: ProjectId,
        id: BatchId,
        state: BatchState,
        now: Millis,
    ) -> Result<()> {
        let ended = matches!(state, BatchState::Completed | BatchState::Cancelled).then_some(now);
        let launched = (state == BatchState::InProgress).then_some(now);
        self.exec_later(
            "UPDATE batches SET state = ?3, launched_ms = coalesce(launched_ms, ?4), ended_ms = ?5
             WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, state.as_str(), launched, ended],
        )?;
        Ok(())
    }

    /// Writes what a batch asks for each task; only before the first of them is touched.
    pub fn set_batch_rules(&self, project: ProjectId, id: BatchId, rules: TaskRules) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET overlap = ?3, review_levels = ?4 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, rules.overlap, rules.review_levels],
        )?;
        Ok(())
    }

    /// Writes the order of its tasks; only before the launch.
    pub fn set_batch_order(&self, project: ProjectId, id: BatchId, order: &TaskOrder) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET task_order = ?3 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, order_json(order)?.as_ref()],
        )?;
        Ok(())
    }

    /// Writes the source whose pre-labels are shown; only before the launch.
    pub fn set_batch_prelabels(&self, project: ProjectId, id: BatchId, source: Option<&str>) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET prelabels = ?3 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, source],
        )
    }

    /// Writes what may be edited at any time: name, priority, archived, who it is open to, when it is due, the gold rate.
    pub fn edit_batch(&self, edited: &BatchRow) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET name = ?3, priority = ?4, archived = ?5, open_to = ?6, due_ms = ?7, gold_rate = ?8
             WHERE project_id = ?1 AND batch_id = ?2",
            args![
                edited.project,
                edited.id,
                &edited.name,
                edited.priority,
                edited.archived,
                open_to_json(&edited.open_to)?.as_ref(),
                edited.due,
                edited.gold_rate,
            ],
        )?;
        Ok(())
    }

    /// Writes the order that a manager put some batches into, the first first; every other batch has none.
    pub fn set_batch_positions(&self, project: ProjectId, order: &[BatchId]) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET position = NULL WHERE project_id = ?1 AND position IS NOT NULL",
            args![project],
        )?;
        for (position, id) in (1i64..).zip(order) {
            self.exec_later(
                "UPDATE batches SET position = ?3 WHERE project_id = ?1 AND batch_id = ?2",
                args![project, *id, position],
            )?;
        }
        Ok(())
    }

    /// Removes a batch that was never launched.
    pub fn delete_batch(&self, project: ProjectId, id: BatchId) -> Result<()> {
        for table in OF_A_BATCH {
            self.exec_later(
                &format!("DELETE FROM {table} WHERE project_id = ?1 AND batch_id = ?2"),
                args![project, id],
            )?;
        }
        self.forget_progress(project, id)?;
        self.exec_later("DELETE FROM batches WHERE project_id = ?1 AND batch_id = ?2", args![project, id])?;
        self.exec_later(
            "UPDATE standing_runs SET batch_id = NULL WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id],
        )?;
        Ok(())
    }
}

fn open_to_json(open_to: &OpenTo) -> Result<Option<String>> {
    if open_to.everybody() { Ok(None) } else { to_json(open_to).map(Some) }
}

fn order_json(order: &TaskOrder) -> Result<Option<String>> {
    if *order == TaskOrder::Upload { Ok(None) } else { to_json(order).map(Some) }
}

pub(crate) fn decode(blobs: &[(u32, Vec<u8>)]) -> Result<RoaringBitmap> {
    sheaf_select::members::decode(blobs.iter().map(|(chunk, data)| (*chunk, data.as_slice())))
        .map_err(|error| StoreError::Database(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    /// What `sheaf check` looks through and what a deletion empties is every table that has rows of batches.
    #[test]
    fn every_table_of_batches_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path(), None).unwrap();
        let tables = store.read_blocking(|tx| {
            tx.all(
                r#"SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                   WHERE t.type = 'table' AND c.name = 'batch_id' AND c."notnull" AND t.name <> 'batches'
                   ORDER BY t.name"#,
                args![],
                |row| row.text(0),
            )
        });
        assert_eq!(tables.unwrap(), OF_A_BATCH);
    }
}
