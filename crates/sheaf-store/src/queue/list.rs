//! Lists of a batch's touched slots by their state, for managers: a page from a place on, each by its index. Nothing here
//! walks over what nobody has touched, and what is finished is walked in bounded steps.

use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, SlotPlace, TaskRules, UserId};

use super::find::FREE;
use super::slots::{COLUMNS, SlotRow, slot};
use crate::args;
use crate::error::Result;
use crate::sql::{Arg, Tx};

/// Which slots are listed, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// In somebody's hands; what has been due for longest first.
    Held,
    /// Too many people passed on them.
    Blocked,
    /// Judgements that came back, or that more people are wanted for; free for anybody.
    Open,
    /// Reviews that are free for anybody, by level.
    ToReview,
    /// Kept for somebody, by stage and person.
    Kept,
}

/// Where a page ended: numbers that mean something to the list only.
pub type Place = [i64; 4];

/// Before everything.
pub const START: Place = [-1, -1, -1, -1];

/// Finished tasks that were found, and where to go on when the walk is not at its end.
pub type DonePage = (Vec<Ordinal>, Option<Ordinal>);

/// Slots that one statement walks over while it looks for finished tasks.
const WALK: u32 = 5_000;

/// How many of a stage's free slots a person may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Free {
    /// Tasks, each counted once.
    pub tasks: i64,
    /// Slots that were looked at.
    pub looked: i64,
}

impl Tx<'_> {
    /// A page of slots after a place.
    pub fn listed_slots(
        &self,
        project: ProjectId,
        batch: BatchId,
        rules: TaskRules,
        what: Listed,
        after: Place,
        limit: u32,
    ) -> Result<Vec<SlotRow>> {
        let stages = match what {
            Listed::Held | Listed::Blocked => return self.page(project, batch, what, None, after, limit),
            Listed::Open => STAGE_LABEL..=STAGE_LABEL,
            Listed::ToReview => STAGE_LABEL + 1..=rules.review_levels,
            Listed::Kept => STAGE_LABEL..=rules.review_levels,
        };
        let mut out = Vec::new();
        for stage in stages.filter(|stage| i64::from(*stage) >= after[0]) {
            let within = i64::from(stage) == after[0];
            let from = if within { [after[1], after[2], after[3], -1] } else { START };
            out.extend(self.page(project, batch, what, Some(stage), from, limit - out.len() as u32)?);
        }
        Ok(out)
    }

    fn page(
        &self,
        project: ProjectId,
        batch: BatchId,
        what: Listed,
        stage: Option<u8>,
        after: Place,
        limit: u32,
    ) -> Result<Vec<SlotRow>> {
        // The order is the rest of the index's key.
        let (index, wanted, order) = match what {
            Listed::Held => ("slots_lease", "state = 1", "lease_until, ordinal, stage, n"),
            Listed::Blocked => ("slots_blocked", "state = 3", "ordinal, stage, n"),
            Listed::Open | Listed::ToReview => {
                ("slots_open", "state = 0 AND kept_for IS NULL AND stage = ?4", "ordinal, n")
            }
            Listed::Kept => {
                ("slots_kept", "state = 0 AND kept_for IS NOT NULL AND stage = ?4", "kept_for, ordinal, n")
            }
        };
        let mut all: Vec<Arg<'_>> = vec![project.into(), batch.into(), limit.into()];
        all.extend(stage.map(Arg::from));
        let first = all.len() + 1;
        all.extend(after.iter().take(order.split(',').count()).map(|number| Arg::from(*number)));
        let places: Vec<String> = (first..=all.len()).map(|n| format!("?{n}")).collect();
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM slots INDEXED BY {index}
                 WHERE project_id = ?1 AND batch_id = ?2 AND {wanted} AND ({order}) > ({places})
                 ORDER BY {order} LIMIT ?3",
                places = places.join(", "),
            ),
            &all,
            slot,
        )
    }

    /// A page of the finished tasks on assets after a place, in upload order, after at most so many steps.
    pub fn done_tasks(
        &self,
        project: ProjectId,
        batch: BatchId,
        rules: TaskRules,
        after: Option<Ordinal>,
        limit: u32,
        steps: u32,
    ) -> Result<DonePage> {
        // The last slot of a task: of the last review, or of the judgements.
        let last = match rules.review_levels {
            // Of answers that were brought in each task has a first one.
            0 => SlotPlace::label(rules.overlap.saturating_sub(1)),
            level => SlotPlace::review(level),
        };
        let (mut out, mut at) = (Vec::new(), after);
        for _ in 0..steps {
            let (mut walked, mut end) = (0, at);
            self.each(
                "SELECT ordinal, stage = ?4 AND n = ?5 AND state = 2 FROM slots
                 WHERE project_id = ?1 AND batch_id = ?2 AND ordinal > ?3 ORDER BY ordinal, stage, n LIMIT ?6",
                args![project, batch, at.map_or(-1, i64::from), last.stage, last.n, WALK],
                |row| {
                    walked += 1;
                    let ordinal = row.u32(0)?;
                    if out.len() as u32 == limit {
                        return Ok(());
                    }
                    end = Some(ordinal);
                    if row.bool(1)? {
                        out.push(ordinal);
                    }
                    Ok(())
                },
            )?;
            at = end;
            if out.len() as u32 == limit {
                return Ok((out, at));
            }
            if walked < WALK {
                return Ok((out, None));
            }
            // The walk may have been cut within a task: it is looked at once more, whole.
            at = at.and_then(|at| at.checked_sub(1));
            if out.last().is_some_and(|last| Some(*last) > at) {
                at = out.last().copied();
            }
        }
        Ok((out, at))
    }

    /// How many tasks of a stage are free for a person, of the first so many free slots from where they have not looked.
    pub fn free_for(
        &self,
        project: ProjectId,
        batch: BatchId,
        stage: u8,
        person: UserId,
        most: u32,
    ) -> Result<Free> {
        let hint = self.queue.hint((project, batch, stage), person);
        let found = self.one(
            &format!(
                "SELECT count(DISTINCT CASE WHEN {FREE} THEN s.ordinal END), count(*) FROM (
                     SELECT project_id, batch_id, ordinal, stage, n FROM slots INDEXED BY slots_open
                     WHERE project_id = ?1 AND batch_id = ?2 AND stage = ?4 AND ordinal >= ?5 AND state = 0
                       AND kept_for IS NULL
                     ORDER BY ordinal LIMIT ?6) s"
            ),
            args![project, batch, person, stage, hint, most],
            |row| Ok(Free { tasks: row.int(0)?, looked: row.int(1)? }),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// How many tasks of a stage are kept for a person, up to so many.
    pub fn kept_for(
        &self,
        project: ProjectId,
        batch: BatchId,
        stage: u8,
        person: UserId,
        most: u32,
    ) -> Result<i64> {
        self.int(
            &format!(
                "SELECT count(*) FROM (
                     SELECT 1 FROM slots s INDEXED BY slots_kept
                     WHERE project_id = ?1 AND batch_id = ?2 AND stage = ?4 AND kept_for = ?3 AND state = 0 AND {FREE}
                     LIMIT ?5) kept"
            ),
            args![project, batch, person, stage, most],
        )
    }

    /// How much each person holds in a batch: labels, reviews, and those of both that are overdue.
    pub fn batch_holders(
        &self,
        project: ProjectId,
        batch: BatchId,
        now: Millis,
    ) -> Result<Vec<(UserId, i64, i64, i64)>> {
        self.all(
            "SELECT holder, count(CASE WHEN stage = 0 THEN 1 END), count(CASE WHEN stage > 0 THEN 1 END),
                    count(CASE WHEN lease_until <= ?3 THEN 1 END)
             FROM slots INDEXED BY slots_lease WHERE project_id = ?1 AND batch_id = ?2 AND state = 1
             GROUP BY holder ORDER BY holder",
            args![project, batch, now],
            |row| Ok((UserId(row.int(0)?), row.int(1)?, row.int(2)?, row.int(3)?)),
        )
    }
}

/// Where a page ended whose last slot is this.
pub fn place_of(what: Listed, row: &SlotRow) -> Place {
    let (ordinal, stage, n) =
        (i64::from(row.key.task.ordinal), i64::from(row.key.stage), i64::from(row.key.n));
    match what {
        Listed::Held => [row.slot.lease_until.unwrap_or(0), ordinal, stage, n],
        Listed::Blocked => [ordinal, stage, n, 0],
        Listed::Open | Listed::ToReview => [stage, ordinal, n, 0],
        Listed::Kept => [stage, row.slot.kept_for.map_or(0, |(whom, _)| whom.0), ordinal, n],
    }
}
