//! What a manager does to a task: take it out of somebody's hands, give it to somebody, have it done once more, open it to
//! those who passed on it.

use serde_json::json;
use sheaf_model::{
    BatchAction, BatchState, Millis, ProjectId, SlotEvent, SlotPlace, SlotRefusal, SlotState, Task,
    TaskEvent, TaskId, UserId,
};
use sheaf_store::batch_hours::HOUR_MS;
use sheaf_store::batches::BatchRow;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::queue::SlotKey;
use sheaf_store::queue::slots::TaskRows;
use sheaf_store::{Turn, Tx};

use super::answers::{Answers, count_sent_back, follow};
use super::grant::Work;
use super::held::{checked_reason, refused};
use super::open::served;
use super::task::batch_of;
use crate::batches::act::step;
use crate::batches::brought_in::not_brought_in;
use crate::{Access, Actor, App, Error, Result, scale};

/// What is done to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manage {
    /// Ends leases on it; drafts are kept.
    Revoke,
    /// A task that is done is labelled and reviewed once more, by its authors first.
    Reopen,
    /// What too many people passed on is open again, to them too.
    Unblock,
    /// Takes what is not handed in out of whatever hands hold it, and keeps it for a person for so many hours.
    Assign { to: UserId, hours: u32 },
}

impl Manage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Revoke => "task.revoke",
            Self::Reopen => "task.reopen",
            Self::Unblock => "task.unblock",
            Self::Assign { .. } => "task.assign",
        }
    }
}

/// Hours that a task may be kept for somebody.
pub const KEPT_HOURS_MAX: u32 = 14 * 24;

/// A step on one task. `place` says which of its judgements or reviews, where that matters; all that fit when it is left out,
/// or the first of them to be given to somebody. The reason is kept in the ledger.
pub async fn manage(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
    what: Manage,
    place: Option<SlotPlace>,
    reason: Option<String>,
) -> Result<()> {
    let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    reason.as_deref().map_or(Ok(()), checked_reason)?;
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            managed(&inner, tx, &actor, id, what, place, reason.as_deref())
        })
        .await
}

/// [`manage`] in a transaction. Whoever calls it has asked for the role.
pub(crate) fn managed(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    id: TaskId,
    what: Manage,
    place: Option<SlotPlace>,
    reason: Option<&str>,
) -> Result<()> {
    let batch = batch_of(tx, id.project, id)?;
    not_brought_in(&batch, "its tasks were never in the queue, and are not done once more")?;
    let (rows, now) = (tx.task_rows(id)?, app.now());
    let task = rows.task(batch.rules);
    let mut details = reason.map(str::to_owned);
    let (next, kind) = match what {
        Manage::Revoke => {
            let mut leased = leased(&task, None);
            leased.retain(|at| place.is_none_or(|place| place == *at));
            if leased.is_empty() {
                return Err(Error::conflict("not_held", "nobody holds this task"));
            }
            (revoked(&task, &leased, batch.state, now)?, EventKind::Revoked)
        }
        Manage::Reopen => {
            let next = task.after(&TaskEvent::Reopen, batch.state, now).map_err(refused)?;
            count_sent_back(tx, id, &task, &next)?;
            (next, EventKind::Reopened)
        }
        Manage::Unblock => {
            tx.delete_skips(id)?;
            let next = task.after(&TaskEvent::Unblock, batch.state, now).map_err(refused)?;
            (next, EventKind::Unblocked)
        }
        Manage::Assign { to, hours } => {
            if rows.0.is_empty() {
                return Err(Error::conflict("not_begun", "nobody was given this task yet")
                    .hint("it is handed out when its turn comes"));
            }
            let given = Given { to, until: now + kept_ms(hours)?, place };
            let (next, name) = assigned(tx, &batch, id, &task, &given, now)?;
            details = Some(reason.map_or(name.clone(), |text| format!("{name}: {text}")));
            (next, EventKind::Assigned)
        }
    };
    let before = Answers::at(tx, id, &task)?;
    if next != task && !tx.move_task(id, &rows, &next, None)? {
        return Err(refused(SlotRefusal::LeaseLost));
    }
    follow(app, tx, &batch, id, &before, &next)?;
    if what == Manage::Reopen && batch.of_client {
        scale::task_reopened(tx, id, now)?;
    }
    if what == Manage::Reopen && batch.state == BatchState::Completed {
        step(app, tx, actor, id.project, id.batch, BatchAction::Reopen)?;
    }
    let event = EventRow { at: now, kind, actor: Some(actor.user), batch: Some(id.batch), details };
    tx.put_event(id.project, id.ordinal, &event)?;
    let said = json!({ "reason": reason });
    tx.audit(now, Some(actor.user), what.as_str(), &id.to_string(), &said)?;
    Ok(())
}

fn kept_ms(hours: u32) -> Result<Millis> {
    if !(1..=KEPT_HOURS_MAX).contains(&hours) {
        return Err(Error::invalid("bad_hours", format!("`hours` must be between 1 and {KEPT_HOURS_MAX}")));
    }
    Ok(Millis::from(hours) * HOUR_MS)
}

struct Given {
    to: UserId,
    until: Millis,
    place: Option<SlotPlace>,
}

/// The task with a slot kept for somebody, and their name. Errors when they could not take it: it would lie there.
fn assigned(
    tx: &Tx<'_>,
    batch: &BatchRow,
    id: TaskId,
    task: &Task,
    given: &Given,
    now: Millis,
) -> Result<(Task, String)> {
    let person = tx.user(given.to)?.filter(|person| !person.disabled).ok_or(Error::not_found("user"))?;
    let roles = tx.roles(id.project, given.to)?;
    if roles.is_empty() {
        return Err(Error::not_found("user"));
    }
    let who = &person.name;
    if tx.paused_members(id.project)?.contains_key(&given.to) {
        return Err(Error::conflict("paused", format!("{who} is paused and gets no new tasks"))
            .hint("let them go on first, or give it to somebody else"));
    }
    // Somebody to whom the batch is not open would not be handed it.
    let open = served(tx, id.project, vec![batch.clone()])?;
    let may = |work| open.iter().all(|batch| batch.bar(given.to, roles, work).is_none());
    let mut refusal = SlotRefusal::NotOpen;
    let fits = |at: &SlotPlace| given.place.is_none_or(|place| place == *at);
    for at in task.slots.keys().copied().filter(fits) {
        let work = if at.stage == sheaf_model::task::STAGE_LABEL { Work::Label } else { Work::Review };
        if !may(work) {
            if given.place.is_some() {
                let what = if work == Work::Label { "label" } else { "review" };
                return Err(Error::conflict("not_eligible", format!("{who} may not {what} in this batch")));
            }
            continue;
        }
        let event = TaskEvent::Assign { place: at, person: given.to, until: given.until };
        match task.after(&event, batch.state, now) {
            Ok(next) => {
                // What they passed on is theirs all the same: the manager says so.
                tx.forget_skip(&SlotKey::at(id, at), given.to)?;
                return Ok((next, person.name));
            }
            Err(why) => refusal = why,
        }
    }
    Err(match refusal {
        SlotRefusal::NotOpen | SlotRefusal::NoSuchSlot => {
            Error::conflict("not_assignable", "there is nothing of this task to be given to somebody")
                .hint("what is handed in is reopened; a review comes when everything before it is there")
        }
        SlotRefusal::Held => Error::conflict("held_already", format!("{who} holds this task")),
        other => refused(other),
    })
}

fn leased(task: &Task, holder: Option<UserId>) -> Vec<SlotPlace> {
    let held = task.slots.iter().filter(|(_, slot)| {
        slot.state == SlotState::Leased && holder.is_none_or(|holder| slot.holder == Some(holder))
    });
    held.map(|(place, _)| *place).collect()
}

fn revoked(task: &Task, places: &[SlotPlace], batch: BatchState, now: i64) -> Result<Task> {
    let mut next = task.clone();
    for place in places {
        next = next.after(&TaskEvent::Slot(*place, SlotEvent::Revoke), batch, now).map_err(refused)?;
    }
    Ok(next)
}

/// Takes everything that a person holds in a project out of their hands; their drafts are kept. How many tasks.
pub async fn revoke_all(app: &App, actor: &Actor, project: ProjectId, person: UserId) -> Result<usize> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let gone = tx.roles(project, person)?.is_empty();
            let n = revoke_person(tx, Some(actor.user), person, Some(project), now)?;
            if gone && n == 0 {
                return Err(Error::not_found("user"));
            }
            let said = json!({ "user": person, "tasks": n });
            tx.audit(now, Some(actor.user), "member.revoked", &project.to_string(), &said)?;
            Ok(n)
        })
        .await
}

/// Ends the leases of somebody who may not work any more: in one project, or in all of them. Their drafts are kept.
pub(crate) fn revoke_person(
    tx: &Tx<'_>,
    by: Option<UserId>,
    person: UserId,
    only: Option<ProjectId>,
    now: i64,
) -> Result<usize> {
    let mut n = 0;
    let held = match only {
        Some(project) => tx.held_in(project, person)?,
        None => tx.held_slots(person)?,
    };
    for row in held {
        let id = row.key.task;
        let Some(batch) = tx.batch(id.project, id.batch)? else { continue };
        let rows: TaskRows = tx.task_rows(id)?;
        let task = rows.task(batch.rules);
        let next = revoked(&task, &leased(&task, Some(person)), batch.state, now)?;
        if !tx.move_task(id, &rows, &next, None)? {
            return Err(refused(SlotRefusal::LeaseLost));
        }
        let (kind, batch) = (EventKind::Revoked, Some(id.batch));
        tx.put_event(id.project, id.ordinal, &EventRow { at: now, kind, actor: by, batch, details: None })?;
        n += 1;
    }
    Ok(n)
}
