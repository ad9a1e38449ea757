//! Granting tasks: over the batches in order what came back to this person, then what came back, then what nobody touched.

use std::sync::Arc;

use sheaf_model::slot::Fence;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{
    BatchKind, Millis, ProjectId, Role, Roles, SlotEvent, SlotPlace, SlotState, TaskEvent, TaskId, UserId,
};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::SlotRow;
use sheaf_store::queue::slots::TaskRows;

use crate::{App, Result};

/// What kind of work is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Label,
    Review,
}

/// Who claims, and with what.
pub(super) struct Grant<'a> {
    pub(super) app: &'a App,
    pub(super) tx: &'a Tx<'a>,
    pub(super) project: &'a ProjectRow,
    pub(super) person: UserId,
    pub(super) roles: Roles,
    pub(super) claim: [u8; 16],
    pub(super) now: Millis,
}

impl Grant<'_> {
    /// One more task of this kind for this person; `None` when there is nothing for them. `fence` is new random bits.
    pub(super) fn next(&self, work: Work, fence: Fence) -> Result<Option<SlotRow>> {
        for batch in self.app.roster().serving(self.tx, self.project.id)?.iter() {
            if !may_work(batch, self.roles, work) {
                continue;
            }
            let found = match work {
                Work::Label => self.label(batch, fence)?,
                Work::Review => self.review(batch, fence)?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn review(&self, batch: &Arc<BatchRow>, fence: Fence) -> Result<Option<SlotRow>> {
        let counts = self.tx.progress(batch.project, batch.id)?.counts;
        if counts.review_open > 0 {
            // What is nearest to being done goes first.
            for level in (1..=batch.rules.review_levels).rev() {
                if let Some(row) = self.free(batch, level, fence)? {
                    return Ok(Some(row));
                }
            }
        }
        if counts.review_leased > 0 { self.overdue(batch, true, fence) } else { Ok(None) }
    }

    fn label(&self, batch: &Arc<BatchRow>, fence: Fence) -> Result<Option<SlotRow>> {
        let counts = self.tx.progress(batch.project, batch.id)?.counts;
        if counts.open > 0
            && let Some(row) = self.free(batch, STAGE_LABEL, fence)?
        {
            return Ok(Some(row));
        }
        if counts.leased > 0
            && let Some(row) = self.overdue(batch, false, fence)?
        {
            return Ok(Some(row));
        }
        let Some(ordinal) = self.app.feeds().next(self.tx, batch)? else { return Ok(None) };
        let task = TaskId { project: batch.project, batch: batch.id, ordinal };
        self.take(batch, task, SlotPlace::label(0), &TaskRows::default(), fence)
    }

    /// Of the touched and free slots of a stage: what is kept for this person, what is for anybody, what was kept for
    /// somebody else for too long.
    fn free(&self, batch: &Arc<BatchRow>, stage: u8, fence: Fence) -> Result<Option<SlotRow>> {
        let (project, id, person) = (batch.project, batch.id, self.person);
        let found = match self.tx.kept_slot(project, id, stage, person)? {
            Some(row) => Some(row),
            None => match self.tx.open_slot(project, id, stage, person)? {
                Some(row) => Some(row),
                None => self.tx.kept_too_long(project, id, stage, person, self.now)?,
            },
        };
        found.map_or(Ok(None), |row| self.take_row(batch, &row, fence))
    }

    fn overdue(&self, batch: &Arc<BatchRow>, reviews: bool, fence: Fence) -> Result<Option<SlotRow>> {
        let found = self.tx.overdue_slot(batch.project, batch.id, reviews, self.person, self.now)?;
        found.map_or(Ok(None), |row| self.take_row(batch, &row, fence))
    }

    fn take_row(&self, batch: &Arc<BatchRow>, row: &SlotRow, fence: Fence) -> Result<Option<SlotRow>> {
        let rows = self.tx.task_rows(row.key.task)?;
        self.take(batch, row.key.task, row.key.place(), &rows, fence)
    }

    fn take(
        &self,
        batch: &BatchRow,
        id: TaskId,
        place: SlotPlace,
        rows: &TaskRows,
        fence: Fence,
    ) -> Result<Option<SlotRow>> {
        let claim = SlotEvent::Claim { person: self.person, fence, lease_ms: lease_ms(self.project) };
        let task = rows.task(batch.rules);
        let Ok(next) = task.after(&TaskEvent::Slot(place, claim), batch.state, self.now) else {
            return Ok(None);
        };
        let version = self.project.taxonomy_version;
        if !self.tx.move_task(id, rows, &next, Some((place, Some(self.claim), version)))? {
            return Ok(None);
        }
        if let Some(old) = task.slots.get(&place).filter(|old| old.state == SlotState::Leased)
            && let Some(loser) = old.holder
        {
            self.ledger(id, EventKind::Expired, loser)?;
        }
        self.ledger(id, EventKind::Claimed, self.person)?;
        Ok(next.slots.get(&place).map(|slot| SlotRow {
            key: sheaf_store::queue::SlotKey::at(id, place),
            slot: slot.clone(),
            claim: Some(self.claim),
            taxonomy_version: version,
        }))
    }

    fn ledger(&self, task: TaskId, kind: EventKind, actor: UserId) -> Result<()> {
        let event =
            EventRow { at: self.now, kind, actor: Some(actor), batch: Some(task.batch), details: None };
        Ok(self.tx.put_event(task.project, task.ordinal, &event)?)
    }
}

/// Whether somebody with these roles is handed a batch's labels or reviews.
pub(crate) fn may_work(batch: &BatchRow, roles: Roles, work: Work) -> bool {
    let needed = match (batch.kind, work) {
        (BatchKind::SelfLabel, _) => Role::Manager,
        (_, Work::Label) => Role::Annotator,
        (_, Work::Review) => Role::Reviewer,
    };
    roles.has(needed) && (work == Work::Label || batch.rules.review_levels > 0)
}

/// Length of a lease in a project, milliseconds.
pub fn lease_ms(project: &ProjectRow) -> Millis {
    Millis::from(project.settings.lease_minutes) * 60_000
}

/// [`super::roster::Roster::eligible`] for transactions that only read.
pub(crate) fn eligible(
    tx: &Tx<'_>,
    person: UserId,
    only: Option<ProjectId>,
) -> Result<Vec<(ProjectRow, Roles)>> {
    let mut out = Vec::new();
    for (id, roles) in tx.memberships(person)? {
        if only.is_none_or(|only| only == id) {
            out.extend(tx.project(id)?.filter(|project| !project.archived).map(|project| (project, roles)));
        }
    }
    Ok(out)
}
