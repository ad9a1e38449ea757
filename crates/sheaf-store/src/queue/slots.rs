//! Slots: the rows of a touched task, and the one compare-and-set that every step goes through.

use std::collections::BTreeMap;

use sheaf_model::slot::Fence;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{
    BatchId, LeaseId, Millis, Ordinal, ProjectId, Slot, SlotPlace, SlotState, Task, TaskCounts, TaskId,
    TaskRules, UserId,
};

use crate::ahead::Ask;
use crate::args;
use crate::batch_progress::Touched;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

/// Address of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotKey {
    pub task: TaskId,
    pub stage: u8,
    pub n: u8,
}

impl SlotKey {
    pub fn of(lease: &LeaseId) -> Self {
        Self { task: lease.task, stage: lease.stage, n: lease.n }
    }
    pub fn at(task: TaskId, place: SlotPlace) -> Self {
        Self { task, stage: place.stage, n: place.n }
    }
    pub fn place(&self) -> SlotPlace {
        SlotPlace { stage: self.stage, n: self.n }
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

pub(super) const COLUMNS: &str =
    "project_id, batch_id, ordinal, stage, n, state, holder, fence, token, lease_until, held_since,
     round, claim_id, taxonomy_version, kept_for, kept_until";

/// What is written besides when a slot changes hands.
const GIVEN: &str =
    ", holder = ?16, claim_id = ?17, taxonomy_version = ?18, kept_for = ?19, kept_until = ?20";
/// ... and nobody gets a second part of a task: as the unique key says.
const UNLESS_PART: &str = "
                   AND NOT EXISTS (SELECT 1 FROM slots other WHERE other.project_id = ?1 AND other.batch_id = ?2
                                   AND other.ordinal = ?3 AND other.holder = ?16 AND (other.stage <> ?4 OR other.n <> ?5))";

pub(super) fn slot(row: &Row<'_>) -> Result<SlotRow> {
    let task = row.task(0)?;
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
            kept_for: row.opt_int(14)?.map(UserId).zip(row.opt_int(15)?),
        },
        claim: row.opt_bytes(12)?,
        taxonomy_version: row.int(13)?,
    })
}

/// Every slot of a task.
pub(crate) fn task_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 ORDER BY stage, n"
    )
}

/// A task as its rows say: none for one that nobody has touched.
#[derive(Debug, Clone, Default)]
pub struct TaskRows(pub BTreeMap<SlotPlace, SlotRow>);

impl TaskRows {
    /// The task, untouched when there are no rows.
    pub fn task(&self, rules: TaskRules) -> Task {
        if self.0.is_empty() {
            return Task::untouched(rules);
        }
        let labels = self.0.keys().filter(|place| place.stage == STAGE_LABEL).count();
        let slots = self.0.iter().map(|(place, row)| (*place, row.slot.clone())).collect();
        Task { rules: rules.of_task(labels), slots }
    }
}

/// What a claim granted.
#[derive(Debug, Clone, Copy)]
pub struct Granted {
    pub place: SlotPlace,
    pub claim: Option<[u8; 16]>,
    pub taxonomy_version: i64,
    /// Where the task was in the feed; none for one that was touched before.
    pub from: Option<Touched>,
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

    /// Every slot of a task.
    pub fn task_rows(&self, task: TaskId) -> Result<TaskRows> {
        let rows = self.asked(&Ask::Task(task), slot)?;
        Ok(TaskRows(rows.into_iter().map(|row| (row.key.place(), row)).collect()))
    }

    /// The tasks of a batch on the assets `from..until` that somebody touched.
    pub fn task_rows_between(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: Ordinal,
        until: Ordinal,
    ) -> Result<BTreeMap<Ordinal, TaskRows>> {
        let mut out: BTreeMap<Ordinal, TaskRows> = BTreeMap::new();
        self.each(
            &format!(
                "SELECT {COLUMNS} FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3 AND ordinal < ?4"
            ),
            args![project, batch, from, until],
            |row| {
                let row = slot(row)?;
                out.entry(row.key.task.ordinal).or_default().0.insert(row.key.place(), row);
                Ok(())
            },
        )?;
        Ok(out)
    }

    /// Writes a task's next state over the rows that were read: slots that are new, slots that changed, the counts, the
    /// cursor when the task is touched for the first time. `false`, with nothing that may be kept, when a row is not as it was
    /// read.
    pub fn move_task(
        &self,
        id: TaskId,
        rows: &TaskRows,
        next: &Task,
        granted: Option<Granted>,
    ) -> Result<bool> {
        for (place, slot) in &next.slots {
            let old = rows.0.get(place);
            if old.is_some_and(|old| old.slot == *slot) {
                continue;
            }
            let (claim, taxonomy_version) = match granted {
                Some(it) if it.place == *place => (it.claim, it.taxonomy_version),
                _ => old.map_or((None, 0), |old| (old.claim, old.taxonomy_version)),
            };
            let new = SlotRow { key: SlotKey::at(id, *place), slot: slot.clone(), claim, taxonomy_version };
            let written = match old {
                Some(old) => self.move_slot(old, &new)?,
                None => self.insert_slot(&new)?,
            };
            if !written {
                return Ok(false);
            }
        }
        let from = granted.and_then(|it| it.from).unwrap_or(Touched::Ordinal(id.ordinal));
        let touched = rows.0.is_empty().then_some(from);
        let before = if touched.is_some() { TaskCounts::default() } else { rows.task(next.rules).counts() };
        self.move_progress(id.project, id.batch, next.counts() - before, touched)?;
        if opens(rows, next) {
            let part = |person| next.slots.values().any(|slot| slot.holder == Some(person));
            self.opened(id.project, id.batch, id.ordinal, part);
        }
        Ok(true)
    }

    /// Writes a new slot. `false` when it is there already, or when its holder has a part in the task.
    fn insert_slot(&self, new: &SlotRow) -> Result<bool> {
        let (key, slot) = (&new.key, &new.slot);
        self.forget_slot(None, new);
        self.gather_one(
            "INSERT INTO slots (project_id, batch_id, ordinal, stage, n, state, holder, fence, token, lease_until,
                                held_since, round, claim_id, taxonomy_version, kept_for, kept_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT DO NOTHING",
            key.task,
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
                slot.kept_for.map(|kept| kept.0),
                slot.kept_for.map(|kept| kept.1),
            ],
        )
    }

    /// Writes the slot of an answer that was given elsewhere. None of its task and number is there.
    pub(crate) fn insert_answered_slot(&self, new: &SlotRow) -> Result<()> {
        let (key, slot) = (&new.key, &new.slot);
        self.forget_slot(None, new);
        self.gather(
            "INSERT INTO slots (project_id, batch_id, ordinal, stage, n, state, holder, fence, token, round,
                                taxonomy_version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            (key.task, key.n),
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
                slot.round,
                new.taxonomy_version,
            ],
        )
    }

    /// Writes a slot's next state, if it is still as it was read: same state, same token, same round, same fence. Of one
    /// that stays whose it was the columns with people in them are left alone, and so are their keys.
    fn move_slot(&self, from: &SlotRow, to: &SlotRow) -> Result<bool> {
        let (key, old, new) = (&from.key, &from.slot, &to.slot);
        let mut args = args![
            key.task.project,
            key.task.batch,
            key.task.ordinal,
            key.stage,
            key.n,
            old.state.code(),
            old.token,
            old.fence.as_ref(),
            old.round,
            new.state.code(),
            new.fence.as_ref(),
            new.token,
            new.lease_until,
            new.held_since,
            new.round,
        ]
        .to_vec();
        let whose = |row: &SlotRow| (row.slot.holder, row.slot.kept_for, row.claim, row.taxonomy_version);
        let (given, unless) = if whose(from) == whose(to) {
            ("", "")
        } else {
            args.extend(args![
                new.holder,
                to.claim.as_ref(),
                to.taxonomy_version,
                new.kept_for.map(|kept| kept.0),
                new.kept_for.map(|kept| kept.1),
            ]);
            (GIVEN, if new.holder.is_some() { UNLESS_PART } else { "" })
        };
        self.forget_slot(Some(from), to);
        self.gather_one(
            &format!(
                "UPDATE slots SET state = ?10, fence = ?11, token = ?12, lease_until = ?13, held_since = ?14,
                        round = ?15{given}
                 WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = ?4 AND n = ?5
                   AND state = ?6 AND token = ?7 AND fence IS NOT DISTINCT FROM ?8 AND round = ?9{unless}"
            ),
            key.task,
            &args,
        )
    }

    /// What is known ahead of a slot's task and of its people is not so any more.
    fn forget_slot(&self, from: Option<&SlotRow>, to: &SlotRow) {
        self.ahead.forget(&Ask::Task(to.key.task));
        for person in from.and_then(|row| row.slot.holder).into_iter().chain(to.slot.holder) {
            self.ahead.forget(&Ask::Held(to.key.task.project, person));
        }
    }

    /// Takes back every slot of a batch that is not handed in (the batch was cancelled). Drafts stay.
    pub fn cancel_slots(&self, project: ProjectId, batch: BatchId) -> Result<usize> {
        let left = self.progress(project, batch)?.counts;
        let kept = TaskCounts { submitted: left.submitted, done: left.done, ..TaskCounts::default() };
        self.move_progress(project, batch, kept - left, None)?;
        self.exec(
            "UPDATE slots SET state = 4, holder = NULL, fence = NULL, lease_until = NULL, held_since = NULL
             WHERE project_id = ?1 AND batch_id = ?2 AND state IN (0, 1, 3, 5)",
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

    /// The tasks of a batch that too many people passed on, and nobody's skips of them any more.
    pub fn unblock_slots(&self, project: ProjectId, batch: BatchId) -> Result<usize> {
        self.exec_later(
            "DELETE FROM skips WHERE project_id = ?1 AND batch_id = ?2 AND ordinal IN (
                 SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND state = 3)",
            args![project, batch],
        )?;
        let open = |stages: &str| {
            self.exec(
                &format!(
                    "UPDATE slots SET state = 0
                     WHERE project_id = ?1 AND batch_id = ?2 AND state = 3 AND stage {stages} {STAGE_LABEL}"
                ),
                args![project, batch],
            )
        };
        let (labels, reviews) = (open("=")?, open(">")?);
        let moved = TaskCounts {
            open: labels as i64,
            review_open: reviews as i64,
            blocked: -((labels + reviews) as i64),
            ..TaskCounts::default()
        };
        self.move_progress(project, batch, moved, None)?;
        self.opened(project, batch, 0, |_| false);
        Ok(labels + reviews)
    }
}

/// Whether a step made something open to somebody to whom it was not: a slot is open now, or a person lost their part.
fn opens(rows: &TaskRows, next: &Task) -> bool {
    next.slots.iter().any(|(place, slot)| {
        let old = rows.0.get(place).map(|row| &row.slot);
        let opened = slot.state == SlotState::Open && old.is_none_or(|old| old.state != SlotState::Open);
        let lost = old.is_some_and(|old| old.holder.is_some() && old.holder != slot.holder);
        opened || lost
    })
}

impl Tx<'_> {
    /// Whether a person holds a task on an asset, has ever handed one in, or passed on one.
    pub fn has_touched(&self, project: ProjectId, ordinal: Ordinal, person: UserId) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM batch_members m WHERE m.project_id = ?1 AND m.chunk = ?2 AND (
                 EXISTS (SELECT 1 FROM slots s WHERE s.project_id = m.project_id AND s.batch_id = m.batch_id
                         AND s.ordinal = ?3 AND s.holder = ?4)
                 OR EXISTS (SELECT 1 FROM submissions a WHERE a.project_id = m.project_id
                            AND a.batch_id = m.batch_id AND a.ordinal = ?3 AND a.person = ?4)
                 OR EXISTS (SELECT 1 FROM skips k WHERE k.project_id = m.project_id AND k.batch_id = m.batch_id
                            AND k.ordinal = ?3 AND k.person = ?4)
             ) LIMIT 1",
            args![project, ordinal / sheaf_select::CHUNK, ordinal, person],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }
}
