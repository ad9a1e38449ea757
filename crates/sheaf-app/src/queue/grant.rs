//! Granting tasks: of a batch what came back to this person, then what came back, then what nobody touched. To look is apart
//! from to take, so that what explains the queue looks with the same code.

use sheaf_model::slot::Fence;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{
    Millis, ProjectId, Roles, SlotEvent, SlotPlace, SlotState, Task, TaskEvent, TaskId, UserId,
};
use sheaf_store::Tx;
use sheaf_store::batch_progress::Touched;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::SlotRow;
use sheaf_store::queue::slots::{Granted, TaskRows};

use super::open::Bar;
use super::roster::Stop;
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
    pub(super) person: UserId,
    pub(super) claim: [u8; 16],
    pub(super) now: Millis,
}

/// What a batch has for a person.
pub(super) enum Offer {
    /// They are not handed its labels, or its reviews.
    Barred(Bar),
    Nothing,
    Task(Box<Candidate>),
}

/// A slot that somebody may take.
pub(super) struct Candidate {
    pub(super) task: TaskId,
    pub(super) source: Source,
    place: SlotPlace,
    rows: TaskRows,
    next: Task,
    from: Option<Touched>,
}

/// Where a task comes from that is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A review sent it back, and it is kept for this person.
    Kept,
    /// It was given back, or wants another judgement or a review.
    Open,
    /// It was kept for somebody who did not come.
    KeptTooLong,
    /// Somebody's lease on it ran out.
    Overdue,
    /// Nobody has touched it.
    Untouched,
}

impl Grant<'_> {
    /// What a batch has for this person. `fence` is new random bits.
    pub(super) fn offer(&self, stop: &Stop, work: Work, fence: Fence) -> Result<Offer> {
        if let Some(bar) = stop.bar(work) {
            return Ok(Offer::Barred(bar));
        }
        let found = match work {
            Work::Label => self.label(stop, fence)?,
            Work::Review => self.review(stop, fence)?,
        };
        Ok(found.map_or(Offer::Nothing, |found| Offer::Task(Box::new(found))))
    }

    fn review(&self, stop: &Stop, fence: Fence) -> Result<Option<Candidate>> {
        let batch = &stop.batch;
        let counts = self.tx.progress(batch.project, batch.id)?.counts;
        if counts.review_open > 0 {
            // What is nearest to being done goes first.
            for level in (1..=batch.rules.review_levels).rev() {
                if let Some(found) = self.free(stop, level, fence)? {
                    return Ok(Some(found));
                }
            }
        }
        if counts.review_leased > 0 { self.overdue(stop, true, fence) } else { Ok(None) }
    }

    fn label(&self, stop: &Stop, fence: Fence) -> Result<Option<Candidate>> {
        let batch = &stop.batch;
        let counts = self.tx.progress(batch.project, batch.id)?.counts;
        if counts.open > 0
            && let Some(found) = self.free(stop, STAGE_LABEL, fence)?
        {
            return Ok(Some(found));
        }
        if counts.leased > 0
            && let Some(found) = self.overdue(stop, false, fence)?
        {
            return Ok(Some(found));
        }
        let Some((ordinal, from)) = self.app.feeds().next(self.tx, batch)? else { return Ok(None) };
        let task = TaskId { project: batch.project, batch: batch.id, ordinal };
        let (place, rows) = (SlotPlace::label(0), TaskRows::default());
        Ok(self
            .possible(stop, task, place, rows, Source::Untouched, fence)
            .map(|found| Candidate { from: Some(from), ..found }))
    }

    /// Of the touched and free slots of a stage: what is kept for this person, what is for anybody, what was kept for
    /// somebody else for too long.
    fn free(&self, stop: &Stop, stage: u8, fence: Fence) -> Result<Option<Candidate>> {
        let (project, id, person) = (stop.batch.project, stop.batch.id, self.person);
        let found = match self.tx.kept_slot(project, id, stage, person)? {
            Some(row) => Some((row, Source::Kept)),
            None => match self.tx.open_slot(project, id, stage, person)? {
                Some(row) => Some((row, Source::Open)),
                None => {
                    let kept = self.tx.kept_too_long(project, id, stage, person, self.now)?;
                    kept.map(|row| (row, Source::KeptTooLong))
                }
            },
        };
        found.map_or(Ok(None), |(row, source)| self.touched(stop, &row, source, fence))
    }

    fn overdue(&self, stop: &Stop, reviews: bool, fence: Fence) -> Result<Option<Candidate>> {
        let (project, id) = (stop.batch.project, stop.batch.id);
        let found = self.tx.overdue_slot(project, id, reviews, self.person, self.now)?;
        found.map_or(Ok(None), |row| self.touched(stop, &row, Source::Overdue, fence))
    }

    fn touched(&self, stop: &Stop, row: &SlotRow, source: Source, fence: Fence) -> Result<Option<Candidate>> {
        let rows = self.tx.task_rows(row.key.task)?;
        Ok(self.possible(stop, row.key.task, row.key.place(), rows, source, fence))
    }

    /// The claim of a slot, when the model allows it.
    fn possible(
        &self,
        stop: &Stop,
        task: TaskId,
        place: SlotPlace,
        rows: TaskRows,
        source: Source,
        fence: Fence,
    ) -> Option<Candidate> {
        let claim = SlotEvent::Claim { person: self.person, fence, lease_ms: lease_ms(&stop.project) };
        let event = TaskEvent::Slot(place, claim);
        let next = rows.task(stop.batch.rules).after(&event, stop.batch.state, self.now).ok()?;
        Some(Candidate { task, source, place, rows, next, from: None })
    }

    /// Takes what was offered in this transaction.
    pub(super) fn take(&self, stop: &Stop, found: &Candidate) -> Result<Option<SlotRow>> {
        let Candidate { task: id, place, rows, next, from, .. } = found;
        let version = stop.project.taxonomy_version;
        let claim = Some(self.claim);
        let granted = Granted { place: *place, claim, taxonomy_version: version, from: *from };
        if !self.tx.move_task(*id, rows, next, Some(granted))? {
            return Ok(None);
        }
        if let Some(old) = rows.0.get(place).filter(|old| old.slot.state == SlotState::Leased)
            && let Some(loser) = old.slot.holder
        {
            self.ledger(*id, EventKind::Expired, loser)?;
        }
        self.ledger(*id, EventKind::Claimed, self.person)?;
        Ok(next.slots.get(place).map(|slot| SlotRow {
            key: sheaf_store::queue::SlotKey::at(*id, *place),
            slot: slot.clone(),
            claim,
            taxonomy_version: version,
        }))
    }

    fn ledger(&self, task: TaskId, kind: EventKind, actor: UserId) -> Result<()> {
        let event =
            EventRow { at: self.now, kind, actor: Some(actor), batch: Some(task.batch), details: None };
        Ok(self.tx.put_event(task.project, task.ordinal, &event)?)
    }
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
