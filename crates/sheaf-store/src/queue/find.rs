//! Looking for a slot that a person may take. The partial indexes are named in the statements (`INDEXED BY`): without
//! statistics SQLite prefers the primary key, which walks every touched task of the batch.

use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, Roles, TaskId, UserId};

use super::slots::{COLUMNS, SlotRow, slot};
use crate::ahead::Ask;
use crate::args;
use crate::batches::{BatchRow, COLUMNS as BATCH_COLUMNS, batch};
use crate::driver::Purpose;
use crate::error::Result;
use crate::sql::Tx;

/// Of a slot `s`: person `?3` has no other part in its task (their own overdue lease is theirs to take anew) and did not
/// pass on its stage.
pub(super) const FREE: &str = "NOT EXISTS (SELECT 1 FROM slots m
                     WHERE m.project_id = s.project_id AND m.batch_id = s.batch_id AND m.ordinal = s.ordinal
                       AND m.holder = ?3 AND (m.stage, m.n) <> (s.stage, s.n))
     AND NOT EXISTS (SELECT 1 FROM skips k
                     WHERE k.project_id = s.project_id AND k.batch_id = s.batch_id AND k.ordinal = s.ordinal
                       AND k.stage = s.stage AND k.person = ?3)";

/// What a person holds in a project.
pub(crate) fn held_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM slots INDEXED BY slots_held WHERE project_id = ?1 AND holder = ?2 AND state = 1"
    )
}

fn oldest_first(row: &SlotRow) -> (Option<Millis>, TaskId) {
    (row.slot.held_since, row.key.task)
}

/// The shortest lease that a project can have. (Half of it leaves room for the clocks of other nodes.)
const LEASE_MIN_MS: Millis = 60_000;

impl Tx<'_> {
    /// What a person holds in all projects, overdue leases included, oldest first.
    pub fn held_slots(&self, person: UserId) -> Result<Vec<SlotRow>> {
        let mut held = self.all(
            &format!("SELECT {COLUMNS} FROM slots INDEXED BY slots_held WHERE holder = ?1 AND state = 1"),
            args![person],
            slot,
        )?;
        held.sort_by_key(oldest_first);
        Ok(held)
    }

    /// What a person holds in a project, in the same order.
    pub fn held_in(&self, project: ProjectId, person: UserId) -> Result<Vec<SlotRow>> {
        let mut held = self.asked(&Ask::Held(project, person), slot)?;
        held.sort_by_key(oldest_first);
        Ok(held)
    }

    /// The batches of a project that grant claims, in the queue's order.
    pub fn serving_batches(&self, project: ProjectId) -> Result<Vec<BatchRow>> {
        self.settle_progress()?;
        let mut serving = self.all(
            &format!(
                "SELECT {BATCH_COLUMNS} FROM batches b INDEXED BY batches_serving
                 JOIN batch_progress p ON p.project_id = b.project_id AND p.batch_id = b.batch_id
                 WHERE b.project_id = ?1 AND b.state = 'in_progress' AND b.archived = 0"
            ),
            args![project],
            batch,
        )?;
        serving.sort_by_key(BatchRow::place);
        Ok(serving)
    }

    /// The first open slot of a stage that this person may take, from where they have not looked yet.
    pub fn open_slot(
        &self,
        project: ProjectId,
        batch: BatchId,
        stage: u8,
        person: UserId,
    ) -> Result<Option<SlotRow>> {
        let place = (project, batch, stage);
        let found = self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots s INDEXED BY slots_open
                 WHERE project_id = ?1 AND batch_id = ?2 AND stage = ?4 AND ordinal >= ?5 AND state = 0
                   AND kept_for IS NULL AND {FREE}
                 ORDER BY ordinal LIMIT 1"
            ),
            args![project, batch, person, stage, self.queue.hint(place, person)],
            slot,
        )?;
        let looked = found.as_ref().map_or(Ordinal::MAX, |row| row.key.task.ordinal);
        self.queue.raise(place, person, looked);
        Ok(found)
    }

    /// The first slot of a stage that is kept for this person.
    pub fn kept_slot(
        &self,
        project: ProjectId,
        batch: BatchId,
        stage: u8,
        person: UserId,
    ) -> Result<Option<SlotRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots s INDEXED BY slots_kept
                 WHERE project_id = ?1 AND batch_id = ?2 AND stage = ?4 AND kept_for = ?3 AND state = 0 AND {FREE}
                 ORDER BY ordinal LIMIT 1"
            ),
            args![project, batch, person, stage],
            slot,
        )
    }

    /// The slot of a stage that was kept for somebody who did not come, longest ago.
    pub fn kept_too_long(
        &self,
        project: ProjectId,
        batch: BatchId,
        stage: u8,
        person: UserId,
        now: Millis,
    ) -> Result<Option<SlotRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots s INDEXED BY slots_kept_until
                 WHERE project_id = ?1 AND batch_id = ?2 AND stage = ?4 AND kept_until <= ?5 AND state = 0
                   AND kept_for IS NOT NULL AND {FREE}
                 ORDER BY kept_until LIMIT 1"
            ),
            args![project, batch, person, stage, now],
            slot,
        )
    }

    /// The slot of a batch whose lease ran out first and that this person may take: a label, or a review.
    pub fn overdue_slot(
        &self,
        project: ProjectId,
        batch: BatchId,
        reviews: bool,
        person: UserId,
        now: Millis,
    ) -> Result<Option<SlotRow>> {
        if self.purpose == Purpose::Write && self.leases_are_quiet(project, batch, now)? {
            return Ok(None);
        }
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM slots s INDEXED BY slots_lease
                 WHERE project_id = ?1 AND batch_id = ?2 AND state = 1 AND lease_until <= ?5 AND (stage > 0) = ?4
                   AND {FREE}
                 ORDER BY lease_until LIMIT 1"
            ),
            args![project, batch, person, reviews, now],
            slot,
        )
    }

    /// Whether no lease of a batch has run out. Looked up at most once in a while: what is leased after the look lasts longer
    /// than that.
    fn leases_are_quiet(&self, project: ProjectId, batch: BatchId, now: Millis) -> Result<bool> {
        if self.queue.is_quiet(project, batch, now) {
            return Ok(true);
        }
        let first = self.one(
            "SELECT min(lease_until) FROM slots INDEXED BY slots_lease
             WHERE project_id = ?1 AND batch_id = ?2 AND state = 1",
            args![project, batch],
            |row| row.opt_int(0),
        )?;
        let until = first.flatten().unwrap_or(Millis::MAX).min(now + LEASE_MIN_MS / 2);
        self.queue.quiet(project, batch, until);
        Ok(now < until)
    }

    /// Changes with every write to what [`Tx::serving_batches`], memberships, projects and people say (but for how far the
    /// batches are): what was read at the same number is still so. Of the writer's transactions only.
    pub fn roster(&self) -> u64 {
        self.queue.roster()
    }

    /// The people of a project who can log in and are handed new tasks.
    pub fn working_people(&self, project: ProjectId) -> Result<Vec<(UserId, Roles)>> {
        self.all(
            "SELECT m.user_id, m.roles FROM members m JOIN users u ON u.user_id = m.user_id
             WHERE m.project_id = ?1 AND u.disabled = 0 AND m.paused_ms IS NULL ORDER BY m.user_id",
            args![project],
            |row| Ok((UserId(row.int(0)?), Roles(row.int(1)? as u8))),
        )
    }
}
