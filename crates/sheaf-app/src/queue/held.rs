//! Steps on a lease that one holds: heartbeat, release, skip.

use std::sync::Arc;

use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{LeaseId, Millis, SlotEvent, SlotRefusal, Task, TaskEvent, TaskId};
use sheaf_store::batches::BatchRow;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::slots::TaskRows;
use sheaf_store::queue::{SlotKey, SlotRow};
use sheaf_store::{Ask, Tx};

use super::answers::Answers;
use super::grant::{Work, lease_ms};
use crate::batches::act::complete_if_done;
use crate::webhooks::outbox::{self, Event};
use crate::{Actor, App, Error, Result, scale};

/// Characters of a reason for skipping.
pub(crate) const REASON_CHARS_MAX: usize = 500;

/// A task under a lease, with everything that a step needs to be decided.
pub(crate) struct Held {
    /// The slot that the lease is on.
    pub(crate) row: SlotRow,
    pub(crate) rows: TaskRows,
    pub(crate) task: Task,
    pub(crate) project: Arc<ProjectRow>,
    pub(crate) batch: Arc<BatchRow>,
}

/// Looks up the task that a lease is on. A stranger's lease is "no such lease": the fence is the proof, but a member
/// who was thrown out has no use for it any more.
pub(crate) fn held(app: &App, tx: &Tx<'_>, actor: &Actor, lease: &LeaseId) -> Result<Held> {
    let none = || Error::not_found("lease");
    let (id, roster) = (lease.task, app.roster());
    if roster.roles(tx, id.project, actor.user)?.is_empty() {
        return Err(none());
    }
    let rows = tx.task_rows(id)?;
    let row = rows.0.get(&SlotKey::of(lease).place()).cloned().ok_or_else(none)?;
    let project = roster.project(tx, id.project)?.ok_or_else(none)?;
    let batch = roster.batch(tx, id.project, id.batch)?.ok_or_else(none)?;
    let mine = row.slot.holder == Some(actor.user);
    if row.slot.fence == Some(lease.fence) && !mine {
        // Somebody else's lease in the hands of this person: do not tell that it is good.
        return Err(none());
    }
    Ok(Held { task: rows.task(batch.rules), row, rows, project, batch })
}

impl Held {
    /// Takes a step and writes it; the task after it.
    pub(crate) fn step(&self, tx: &Tx<'_>, event: &TaskEvent, now: Millis) -> Result<Task> {
        let next = self.task.after(event, self.batch.state, now).map_err(refused)?;
        self.write(tx, &next)?;
        Ok(next)
    }

    pub(crate) fn write(&self, tx: &Tx<'_>, next: &Task) -> Result<()> {
        if tx.move_task(self.row.key.task, &self.rows, next, None)? {
            Ok(())
        } else {
            Err(refused(SlotRefusal::LeaseLost))
        }
    }

    pub(crate) fn ledger(
        &self,
        tx: &Tx<'_>,
        actor: &Actor,
        kind: EventKind,
        details: Option<String>,
        at: Millis,
    ) -> Result<()> {
        let task = self.row.key.task;
        let event = EventRow { at, kind, actor: Some(actor.user), batch: Some(task.batch), details };
        Ok(tx.put_event(task.project, task.ordinal, &event)?)
    }

    /// After a step that may have been the task's last: tells so, and ends the batch with its last task.
    pub(crate) fn ended(&self, app: &App, tx: &Tx<'_>, next: &Task, now: Millis) -> Result<()> {
        if !next.done() {
            return Ok(());
        }
        let id = self.row.key.task;
        tell_done(tx, id, next, now)?;
        if self.batch.of_client {
            scale::task_done(tx, id, now)?;
        }
        complete_if_done(app, tx, &self.batch, now)
    }

    fn slot(&self, event: SlotEvent) -> TaskEvent {
        TaskEvent::Slot(self.row.key.place(), event)
    }
}

/// Tells the webhooks that nothing more is to be done on a task.
fn tell_done(tx: &Tx<'_>, id: TaskId, task: &Task, now: Millis) -> Result<()> {
    let told = |submission| Event::TaskDone { task: id, submission };
    if !outbox::listens(tx, id.project, &told(None))? {
        return Ok(());
    }
    // Of several answers none is the task's.
    let answers = Answers::at(tx, id, task)?.standing;
    let one = if let [answer] = answers.as_slice() { Some(answer.id) } else { None };
    outbox::put(tx, id.project, &told(one), now)
}

/// Why a step is refused, for a client that acts on the code.
pub(crate) fn refused(refusal: SlotRefusal) -> Error {
    let kept = "your work is kept as a draft; go on with the next task";
    match refusal {
        SlotRefusal::BatchCancelled => {
            Error::conflict("batch_cancelled", "the batch was cancelled").hint(kept)
        }
        SlotRefusal::NotServed => Error::conflict("batch_closed", "the batch does not take answers now"),
        SlotRefusal::ReviewBegun => {
            Error::conflict("review_begun", "a reviewer has the task now, so its answer stays as it is")
        }
        SlotRefusal::NotAuthor | SlotRefusal::NotSubmitted => {
            Error::conflict("not_submitted", "this person has no answer to the task that stands")
        }
        SlotRefusal::NotDone => {
            Error::conflict("not_done", "the task is not done, so it is not to be done again")
        }
        SlotRefusal::NoSuchSlot => Error::invalid("no_such_slot", "the task has no such judgement"),
        SlotRefusal::OwnWork | SlotRefusal::SamePerson => {
            Error::conflict("own_work", "this person has a part in the task already")
        }
        SlotRefusal::HeldTooLong
        | SlotRefusal::LeaseLost
        | SlotRefusal::Held
        | SlotRefusal::Kept
        | SlotRefusal::NotOpen => Error::conflict(
            "lease_lost",
            "this task is no longer yours: its lease ran out and it was given on",
        )
        .hint(kept),
    }
}

/// A sign of life; the milliseconds that the lease has left after it.
pub async fn heartbeat(app: &App, actor: &Actor, lease: LeaseId) -> Result<Millis> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_repeatable(lease.task.project, vec![Ask::Task(lease.task)], move |tx| {
            beat(tx, &held(&inner, tx, &actor, &lease)?, &lease, inner.now())
        })
        .await
}

pub(crate) fn beat(tx: &Tx<'_>, held: &Held, lease: &LeaseId, now: Millis) -> Result<Millis> {
    let beat = SlotEvent::Heartbeat { fence: lease.fence, lease_ms: lease_ms(&held.project) };
    let next = held.step(tx, &held.slot(beat), now)?;
    let until = next.slots.get(&held.row.key.place()).and_then(|slot| slot.lease_until);
    Ok(until.map_or(0, |until| until - now))
}

/// Gives a task back; its draft stays.
pub async fn release(app: &App, actor: &Actor, lease: LeaseId) -> Result<()> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_repeatable(lease.task.project, vec![Ask::Task(lease.task)], move |tx| {
            let (held, now) = (held(&inner, tx, &actor, &lease)?, inner.now());
            held.step(tx, &held.slot(SlotEvent::Release { fence: lease.fence }), now)?;
            held.ledger(tx, &actor, EventKind::Released, None, now)
        })
        .await
}

/// A reason that is not too long.
pub(crate) fn checked_reason(reason: &str) -> Result<()> {
    if reason.chars().count() <= REASON_CHARS_MAX {
        return Ok(());
    }
    Err(Error::invalid("bad_reason", format!("a reason has at most {REASON_CHARS_MAX} characters")))
}

/// Passes on a task. When as many people as the project's limit did, or nobody is left who could take it, it is blocked for
/// a manager to look at.
pub async fn skip(app: &App, actor: &Actor, lease: LeaseId, reason: String) -> Result<()> {
    checked_reason(&reason)?;
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_repeatable(lease.task.project, vec![Ask::Task(lease.task)], move |tx| {
            let (held, now) = (held(&inner, tx, &actor, &lease)?, inner.now());
            // The model decides first; the skip row is only written for a lease that holds.
            let probe = SlotEvent::Skip { fence: lease.fence, block: false };
            held.task.after(&held.slot(probe), held.batch.state, now).map_err(refused)?;
            let n = tx.put_skip(&held.row.key, actor.user, &reason, now)?;
            let work = if held.row.key.stage == STAGE_LABEL { Work::Label } else { Work::Review };
            let (roster, project) = (inner.roster(), held.project.id);
            let people = roster.working(tx, project)?;
            // Who passed on it or has another part in it cannot take it.
            let skipped = tx.skips_of_task(held.row.key.task)?;
            let passed =
                |who| skipped.iter().any(|skip| skip.stage == held.row.key.stage && skip.person == who);
            let part = |who| held.task.slots.values().any(|slot| slot.holder == Some(who));
            let left = roster
                .served(tx, held.batch.clone())?
                .workers(&people, work)
                .any(|who| !passed(who) && !part(who));
            // A quality task is for everybody who comes: it waits for no manager.
            let block =
                !held.batch.kind.is_quality() && (n >= i64::from(held.project.settings.skip_limit) || !left);
            held.step(tx, &held.slot(SlotEvent::Skip { fence: lease.fence, block }), now)?;
            held.ledger(tx, &actor, EventKind::Skipped, Some(reason.clone()), now)
        })
        .await
}
