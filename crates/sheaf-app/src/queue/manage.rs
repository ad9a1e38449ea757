//! What a manager does to one task: take it out of somebody's hands, have it done once more, open it to those who passed on
//! it.

use serde_json::json;
use sheaf_model::{
    BatchAction, BatchState, ProjectId, SlotEvent, SlotPlace, SlotState, Task, TaskEvent, TaskId, UserId,
};
use sheaf_store::Tx;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::queue::slots::TaskRows;

use super::answers::{Answers, follow};
use super::held::refused;
use crate::batches::act::step;
use crate::{Access, Actor, App, Error, Result};

/// What is done to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manage {
    /// Ends every lease on it; drafts are kept.
    Revoke,
    /// A task that is done is labelled and reviewed once more, by its authors first.
    Reopen,
    /// What too many people passed on is open again, to them too.
    Unblock,
}

impl Manage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Revoke => "task.revoke",
            Self::Reopen => "task.reopen",
            Self::Unblock => "task.unblock",
        }
    }
}

pub async fn manage(app: &App, actor: &Actor, project: ProjectId, id: TaskId, what: Manage) -> Result<()> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write(move |tx| {
            Access::manager(tx, &actor, project)?;
            let none = || Error::not_found("task");
            if id.project != project || !tx.is_member(id.project, id.batch, id.ordinal)? {
                return Err(none());
            }
            let batch = tx.batch(id.project, id.batch)?.ok_or_else(none)?;
            let (rows, now) = (tx.task_rows(id)?, inner.now());
            let task = rows.task(batch.rules);
            let (next, kind) = match what {
                Manage::Revoke => {
                    let leased: Vec<SlotPlace> = leased(&task, None);
                    if leased.is_empty() {
                        return Err(Error::conflict("not_held", "nobody holds this task"));
                    }
                    (revoked(&task, &leased, batch.state, now)?, EventKind::Revoked)
                }
                Manage::Reopen => {
                    (task.after(&TaskEvent::Reopen, batch.state, now).map_err(refused)?, EventKind::Reopened)
                }
                Manage::Unblock => {
                    tx.delete_skips(id)?;
                    let next = task.after(&TaskEvent::Unblock, batch.state, now).map_err(refused)?;
                    (next, EventKind::Unblocked)
                }
            };
            let before = Answers::at(tx, id, &task)?;
            if next != task && !tx.move_task(id, &rows, &next, None)? {
                return Err(refused(sheaf_model::SlotRefusal::LeaseLost));
            }
            follow(&inner, tx, id, &before, &next)?;
            if what == Manage::Reopen && batch.state == BatchState::Completed {
                step(&inner, tx, &actor, id.project, id.batch, BatchAction::Reopen)?;
            }
            let event =
                EventRow { at: now, kind, actor: Some(actor.user), batch: Some(id.batch), details: None };
            tx.put_event(id.project, id.ordinal, &event)?;
            tx.audit(now, Some(actor.user), what.as_str(), &id.to_string(), &json!({}))?;
            Ok(())
        })
        .await
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

/// Ends the leases of somebody who may not work any more: in one project, or in all of them. Their drafts are kept.
pub(crate) fn revoke_person(
    tx: &Tx<'_>,
    by: Option<UserId>,
    person: UserId,
    only: Option<ProjectId>,
    now: i64,
) -> Result<()> {
    for row in tx.held_slots(person)? {
        let id = row.key.task;
        if only.is_some_and(|only| only != id.project) {
            continue;
        }
        let Some(batch) = tx.batch(id.project, id.batch)? else { continue };
        let rows: TaskRows = tx.task_rows(id)?;
        let task = rows.task(batch.rules);
        let next = revoked(&task, &leased(&task, Some(person)), batch.state, now)?;
        if !tx.move_task(id, &rows, &next, None)? {
            return Err(refused(sheaf_model::SlotRefusal::LeaseLost));
        }
        let (kind, batch) = (EventKind::Revoked, Some(id.batch));
        tx.put_event(id.project, id.ordinal, &EventRow { at: now, kind, actor: by, batch, details: None })?;
    }
    Ok(())
}
