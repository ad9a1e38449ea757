//! Slots: look-ups by key, by holder, by what came back; and the one compare-and-set that every step goes through.
//!
//! The partial indexes are named in the statements (`INDEXED BY`): without statistics SQLite prefers the primary key,
//! which walks every touched task of the batch.

use sheaf_model::slot::Fence;
use sheaf_model::{BatchId, LeaseId, Millis, Ordinal, ProjectId, Slot, SlotState, TaskId, UserId};

use crate::args;
use crate::batches::{BatchRow, COLUMNS as BATCH_COLUMNS, batch};
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

/// The stage of labelling; reviews are stages 1, 2, ...
pub const STAGE_LABEL: u8 = 0;

/// Address of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotKey {
    pub task: TaskId,
    pub stage: u8,
    pub n: u8,
}

impl SlotKey {
    /// The first label slot of a task.
    pub fn label(project: ProjectId, batch: BatchId, ordinal: Ordinal) -> Self {
        Self { task: TaskId { project, batch, ordinal }, stage: STAGE_LABEL, n: 0 }
    }
    pub fn of(lease: &LeaseId) -> Self {
        Self { task: lease.task, stage: lease.stage, n: lease.n }
    }
    pub fn lease(&self, fence: Fence) -> LeaseId {
        LeaseId { task: self.task, stage: self.stage, n: self.n, fence }
    }
}

#[derive(Debug, Clone)]
pub struct SlotRow {
    pub key: SlotKey,
    pub slot: Slot,
    /// The claim that granted it.
    pub claim: Option<[u8; 16]>,
    /// The taxonomy that its holder was shown.
    pub taxonomy_version: i64,
}

const COLUMNS: &str =
    "project_id, batch_id, ordinal, stage, n, state, holder, fence, token, lease_until, held_since,
     round, claim_id, taxonomy_version";

fn slot(row: &Row<'_>) -> Result<SlotRow> {
    let task = TaskId { project: ProjectId(row.int(0)?), batch: BatchId(row.int(1)?), ordinal: row.u32(2)? };
    let code = row.int(5)?;
    Ok(SlotRow {
        key: SlotKey { task, stage: row.int(3)? as u8, n: row.int(4)? as u8 },
        slot: Slot {
            state: SlotState::from_code(code)
                .ok_or_else(|| StoreError::inconsistent("slots", task, format!("state {code}")))?,
            holder: row.opt_int(6)?.map(UserId),
            fence: row.opt_bytes(7)?,
            token: row.int(8)?,
            lease_until: row.opt_int(9)?,
            held_since: row.opt_int(10)?,
            round: row.int(11)?,
        },
        claim: row.opt_bytes(12)?,
        taxonomy_version: row.int(13)?,
    })
}

impl Tx<'_> {
    pub fn slot(&self, key: &SlotKey) -> Result<Option<SlotRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots
                 WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4 AND n = ?5"
            ),
            args![key.task.project, key.task.batch, key.task.ordinal, key.stage, key.n],
            slot,
        )
    }

    /// What a person holds in a project, overdue ones included, oldest first.
    pub fn held_slots(&self, project: ProjectId, person: UserId) -> Result<Vec<SlotRow>> {
        let mut held = self.all(
            &format!(
                "SELECT {COLUMNS} FROM slots INDEXED BY slots_held
                 WHERE holder = ?1 AND project_id = ?2 AND state = 1"
            ),
            args![person, project],
            slot,
        )?;
        held.sort_by_key(|row| (row.slot.held_since, row.key.task));
        Ok(held)
    }

    /// The batches of a project that grant claims and have something left, in the queue's order: calibration first,
    /// then by priority, then older first. Batches for managers only come with `self_label`.
    pub fn serving_batches(&self, project: ProjectId, self_label: bool) -> Result<Vec<BatchRow>> {
        self.all(
            &format!(
                "SELECT {BATCH_COLUMNS} FROM batches INDEXED BY batches_serving
                 WHERE project_id = ?1 AND state = 'in_progress' AND archived = 0
                   AND n_members > n_submitted + n_blocked AND (?2 OR kind <> 'self_label')
                 ORDER BY kind = 'calibration' DESC, priority DESC, batch_id"
            ),
            args![project, self_label],
            batch,
        )
    }

    /// The first task that came back to this batch and that this person did not skip.
    pub fn open_slot(&self, project: ProjectId, batch: BatchId, person: UserId) -> Result<Option<SlotRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots s INDEXED BY slots_open
                 WHERE project_id = ?1 AND batch_id = ?2 AND state = 0
                   AND NOT EXISTS (SELECT 1 FROM skips k
                                   WHERE k.project_id = s.project_id AND k.batch_id = s.batch_id
                                     AND k.ordinal = s.ordinal AND k.stage = s.stage AND k.person = ?3)
                 ORDER BY ordinal LIMIT 1"
            ),
            args![project, batch, person],
            slot,
        )
    }

    /// The task of this batch whose lease ran out first and that this person did not skip.
    pub fn overdue_slot(
        &self,
        project: ProjectId,
        batch: BatchId,
        person: UserId,
        now: Millis,
    ) -> Result<Option<SlotRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots s INDEXED BY slots_lease
                 WHERE project_id = ?1 AND batch_id = ?2 AND state = 1 AND lease_until <= ?4
                   AND NOT EXISTS (SELECT 1 FROM skips k
                                   WHERE k.project_id = s.project_id AND k.batch_id = s.batch_id
                                     AND k.ordinal = s.ordinal AND k.stage = s.stage AND k.person = ?3)
                 ORDER BY lease_until LIMIT 1"
            ),
            args![project, batch, person, now],
            slot,
        )
    }

    /// Touches a task: writes its first slot. `false` when the slot is there already.
    pub fn insert_slot(&self, new: &SlotRow) -> Result<bool> {
        let (key, slot) = (&new.key, &new.slot);
        let n = self.exec(
            "INSERT INTO slots (project_id, batch_id, ordinal, stage, n, state, holder, fence, token, lease_until,
                                held_since, round, claim_id, taxonomy_version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) ON CONFLICT DO NOTHING",
            args![
                key.task.project,
                key.task.batch,
                key.task.ordinal,
                key.stage,
                key.n,
                slot.state.code(),
                slot.holder,
                slot.fence.as_ref(),
                slot.token,
                slot.lease_until,
                slot.held_since,
                slot.round,
                new.claim.as_ref(),
                new.taxonomy_version,
            ],
        )?;
        Ok(n == 1)
    }

    /// Writes a slot's next state, if it is still as it was read: same state, same token, same fence. `false` when not.
    pub fn move_slot(&self, from: &SlotRow, to: &SlotRow) -> Result<bool> {
        let (key, slot) = (&from.key, &to.slot);
        let n = self.exec(
            "UPDATE slots SET state = ?6, holder = ?7, fence = ?8, token = ?9, lease_until = ?10, held_since = ?11,
                    round = ?12, claim_id = ?13, taxonomy_version = ?14
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4 AND n = ?5
               AND state = ?15 AND token = ?16 AND fence IS ?17",
            args![
                key.task.project,
                key.task.batch,
                key.task.ordinal,
                key.stage,
                key.n,
                slot.state.code(),
                slot.holder,
                slot.fence.as_ref(),
                slot.token,
                slot.lease_until,
                slot.held_since,
                slot.round,
                to.claim.as_ref(),
                to.taxonomy_version,
                from.slot.state.code(),
                from.slot.token,
                from.slot.fence.as_ref(),
            ],
        )?;
        Ok(n == 1)
    }

    /// Moves a batch's counts and its cursor (never back): the late one when the task that was touched lies below the
    /// other.
    pub fn move_counts(&self, project: ProjectId, batch: BatchId, moved: Counts) -> Result<()> {
        self.exec(
            "UPDATE batches SET n_open = n_open + ?3, n_leased = n_leased + ?4, n_submitted = n_submitted + ?5,
                    n_blocked = n_blocked + ?6, cursor = max(cursor, ?7),
                    late_cursor = CASE WHEN ?7 <= cursor THEN max(late_cursor, ?7) ELSE late_cursor END
             WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch, moved.open, moved.leased, moved.submitted, moved.blocked, moved.cursor],
        )?;
        Ok(())
    }

    /// Takes back every slot of a batch that is not handed in (the batch was cancelled). Drafts stay.
    pub fn cancel_slots(&self, project: ProjectId, batch: BatchId) -> Result<usize> {
        self.exec(
            "UPDATE batches SET n_open = 0, n_leased = 0, n_blocked = 0 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch],
        )?;
        self.exec(
            "UPDATE slots SET state = 4, holder = NULL, fence = NULL, lease_until = NULL, held_since = NULL
             WHERE project_id = ?1 AND batch_id = ?2 AND state IN (0, 1, 3)",
            args![project, batch],
        )
    }

    /// Gives every lease of a batch at least until `until` (the batch was resumed).
    pub fn extend_leases(&self, project: ProjectId, batch: BatchId, until: Millis) -> Result<usize> {
        self.exec(
            "UPDATE slots SET lease_until = ?3
             WHERE project_id = ?1 AND batch_id = ?2 AND state = 1 AND lease_until < ?3",
            args![project, batch, until],
        )
    }

    /// Opens the blocked tasks of a batch again, for everybody. How many there were.
    pub fn unblock_slots(&self, project: ProjectId, batch: BatchId) -> Result<usize> {
        self.exec(
            "DELETE FROM skips WHERE project_id = ?1 AND batch_id = ?2 AND ordinal IN (
                 SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND state = 3)",
            args![project, batch],
        )?;
        let n = self.exec(
            "UPDATE slots SET state = 0 WHERE project_id = ?1 AND batch_id = ?2 AND state = 3",
            args![project, batch],
        )?;
        let moved = Counts { open: n as i64, blocked: -(n as i64), ..Counts::default() };
        self.move_counts(project, batch, moved)?;
        Ok(n)
    }
}

/// How a batch's counts move with a step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub open: i64,
    pub leased: i64,
    pub submitted: i64,
    pub blocked: i64,
    /// The ordinal after the one that was touched, or 0 when none was.
    pub cursor: i64,
}

impl Counts {
    /// The move of a slot from one state to another.
    pub fn between(from: SlotState, to: SlotState) -> Self {
        let mut out = Self::default();
        out.add(from, -1);
        out.add(to, 1);
        out
    }

    /// The move of a task that nobody had touched.
    pub fn touched(to: SlotState, ordinal: Ordinal) -> Self {
        let mut out = Self { cursor: i64::from(ordinal) + 1, ..Self::default() };
        out.add(to, 1);
        out
    }

    fn add(&mut self, state: SlotState, n: i64) {
        match state {
            SlotState::Open => self.open += n,
            SlotState::Leased => self.leased += n,
            SlotState::Submitted => self.submitted += n,
            SlotState::Blocked => self.blocked += n,
            SlotState::Cancelled => {}
        }
    }
}

impl Tx<'_> {
    /// Whether a person holds a task on an asset, or has handed one in.
    pub fn has_touched(&self, project: ProjectId, ordinal: Ordinal, person: UserId) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM batch_members m
             JOIN slots s ON s.project_id = m.project_id AND s.batch_id = m.batch_id AND s.ordinal = ?3
             WHERE m.project_id = ?1 AND m.chunk = ?2 AND s.holder = ?4 LIMIT 1",
            args![project, ordinal / sheaf_select::CHUNK, ordinal, person],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// People who may label in a project.
    pub fn count_annotators(&self, project: ProjectId) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM members m JOIN users u ON u.user_id = m.user_id
             WHERE m.project_id = ?1 AND m.roles & 4 AND NOT u.disabled",
            args![project],
        )
    }
}
