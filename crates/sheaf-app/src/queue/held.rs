//! Steps on a lease that one holds: heartbeat, release, skip.

use sheaf_model::{BatchState, LeaseId, Millis, Role, SlotEvent, SlotRefusal, SlotState};
use sheaf_store::Tx;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::slots::Counts;
use sheaf_store::queue::{SlotKey, SlotRow};

use super::grant::lease_ms;
use crate::{Actor, App, Error, Result};

/// Characters of a reason for skipping.
const REASON_CHARS_MAX: usize = 500;

/// A slot with everything that a step needs to be decided.
pub(crate) struct Held {
    pub(crate) row: SlotRow,
    pub(crate) project: ProjectRow,
    pub(crate) batch: BatchState,
}

/// Looks up the slot that a lease is on. A stranger's lease is "no such lease": the fence is the proof, but a member
/// who was thrown out has no use for it any more.
pub(crate) fn held(tx: &Tx<'_>, actor: &Actor, lease: &LeaseId) -> Result<Held> {
    let none = || Error::not_found("lease");
    let roles = tx.roles(lease.task.project, actor.user)?;
    if roles.is_empty() {
        return Err(none());
    }
    let row = tx.slot(&SlotKey::of(lease))?.ok_or_else(none)?;
    let project = tx.project(lease.task.project)?.ok_or_else(none)?;
    let batch = tx.batch(lease.task.project, lease.task.batch)?.ok_or_else(none)?;
    let mine = row.slot.holder == Some(actor.user);
    let current = row.slot.fence == Some(lease.fence);
    if current && !mine {
        // Somebody else's lease in the hands of this person: do not tell that it is good.
        return Err(none());
    }
    if !current && !roles.has(Role::Annotator) && !roles.has(Role::Manager) {
        return Err(none());
    }
    Ok(Held { row, project, batch: batch.state })
}

/// Why a step is refused, for a client that acts on the code.
pub(crate) fn refused(refusal: SlotRefusal) -> Error {
    match refusal {
        SlotRefusal::BatchCancelled => Error::conflict("batch_cancelled", "the batch was cancelled")
            .hint("your work is kept as a draft; go on with the next task"),
        SlotRefusal::NotServed => Error::conflict("batch_closed", "the batch does not take answers now"),
        SlotRefusal::HeldTooLong | SlotRefusal::LeaseLost | SlotRefusal::Held | SlotRefusal::NotOpen => {
            Error::conflict(
                "lease_lost",
                "this task is no longer yours: its lease ran out and it was given on",
            )
            .hint("your work is kept as a draft; go on with the next task")
        }
    }
}

/// A sign of life; the milliseconds that the lease has left after it.
pub async fn heartbeat(app: &App, actor: &Actor, lease: LeaseId) -> Result<Millis> {
    let (now, actor) = (app.now(), actor.clone());
    app.store().write(move |tx| beat(tx, &held(tx, &actor, &lease)?, &lease, now)).await
}

pub(crate) fn beat(tx: &Tx<'_>, held: &Held, lease: &LeaseId, now: Millis) -> Result<Millis> {
    let event = SlotEvent::Heartbeat { fence: lease.fence, lease_ms: lease_ms(&held.project) };
    let slot = held.row.slot.after(&event, held.batch, now).map_err(refused)?;
    let left = slot.lease_until.map_or(0, |until| until - now);
    if !tx.move_slot(&held.row, &SlotRow { slot, ..held.row.clone() })? {
        return Err(refused(SlotRefusal::LeaseLost));
    }
    Ok(left)
}

/// Gives a task back; its draft stays.
pub async fn release(app: &App, actor: &Actor, lease: LeaseId) -> Result<()> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write(move |tx| {
            let held = held(tx, &actor, &lease)?;
            step(tx, &held, &SlotEvent::Release { fence: lease.fence }, now)?;
            ledger(tx, &actor, &lease, EventKind::Released, None, now)
        })
        .await
}

/// Passes on a task. When as many people as the project's limit did, it is blocked for a manager to look at.
pub async fn skip(app: &App, actor: &Actor, lease: LeaseId, reason: String) -> Result<()> {
    if reason.chars().count() > REASON_CHARS_MAX {
        return Err(Error::invalid(
            "bad_reason",
            format!("a reason has at most {REASON_CHARS_MAX} characters"),
        ));
    }
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write(move |tx| {
            let held = held(tx, &actor, &lease)?;
            // The model decides first; the skip row is only written for a lease that holds.
            let probe = SlotEvent::Skip { fence: lease.fence, block: false };
            held.row.slot.after(&probe, held.batch, now).map_err(refused)?;
            let n = tx.put_skip(&held.row.key, actor.user, &reason, now)?;
            let eligible = tx.count_annotators(held.project.id)?;
            let block = n >= i64::from(held.project.settings.skip_limit) || n >= eligible;
            step(tx, &held, &SlotEvent::Skip { fence: lease.fence, block }, now)?;
            ledger(tx, &actor, &lease, EventKind::Skipped, Some(reason), now)
        })
        .await
}

fn step(tx: &Tx<'_>, held: &Held, event: &SlotEvent, now: Millis) -> Result<SlotState> {
    let slot = held.row.slot.after(event, held.batch, now).map_err(refused)?;
    let state = slot.state;
    if !tx.move_slot(&held.row, &SlotRow { slot, ..held.row.clone() })? {
        return Err(refused(SlotRefusal::LeaseLost));
    }
    let task = held.row.key.task;
    tx.move_counts(task.project, task.batch, Counts::between(held.row.slot.state, state))?;
    Ok(state)
}

fn ledger(
    tx: &Tx<'_>,
    actor: &Actor,
    lease: &LeaseId,
    kind: EventKind,
    details: Option<String>,
    now: Millis,
) -> Result<()> {
    let task = lease.task;
    let event = EventRow { at: now, kind, actor: Some(actor.user), batch: Some(task.batch), details };
    Ok(tx.put_event(task.project, task.ordinal, &event)?)
}
