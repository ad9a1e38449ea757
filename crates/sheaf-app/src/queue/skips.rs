//! What people passed on, and taking that back (T9).

use sheaf_model::{ProjectId, TaskEvent, TaskId, UserId};
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::queue::drafts::SkipRow;

use super::grant::eligible;
use super::held::refused;
use super::history::as_labelled;
use crate::library::AssetView;
use crate::{Access, Actor, App, Error, Result};

/// Skips of one person that are listed.
const LIST_MAX: u32 = 200;

/// A task that a person passed on.
#[derive(Debug)]
pub struct Skipped {
    pub row: SkipRow,
    pub asset: AssetView,
    pub batch: String,
    /// The batch still takes answers.
    pub open: bool,
}

/// What the caller passed on in a project, or in all of theirs, newest first.
pub async fn list(app: &App, actor: &Actor, only: Option<ProjectId>) -> Result<Vec<Skipped>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            let projects = eligible(tx, actor.user, only)?;
            if projects.is_empty() && only.is_some() {
                return Err(Error::not_found("project"));
            }
            let mut rows = Vec::new();
            for (project, _) in &projects {
                rows.extend(tx.skips_of_person(project.id, actor.user, LIST_MAX)?);
            }
            rows.sort_by_key(|row| std::cmp::Reverse(row.at));
            rows.truncate(LIST_MAX as usize);
            let mut out = Vec::new();
            for row in rows {
                let task = row.task;
                let Some(batch) = tx.batch(task.project, task.batch)? else { continue };
                let Some((asset, shown)) = as_labelled(tx, &batch, task, actor.user)? else { continue };
                out.push(Skipped { row, asset, open: batch.state.accepts_submissions(), batch: shown.1 });
            }
            Ok(out)
        })
        .await
}

/// A person has not passed on a task any more, so that it may be handed to them again; one that was blocked is open again.
/// By themselves, or by a manager for them.
pub async fn unskip(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: TaskId,
    person: Option<UserId>,
) -> Result<()> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(project, move |tx| {
            let person = person.unwrap_or(actor.user);
            let none = || Error::not_found("task");
            if person == actor.user {
                Access::of(tx, &actor, project)?;
            } else {
                Access::manager(tx, &actor, project)?;
            }
            if id.project != project {
                return Err(none());
            }
            let skips = tx.skips_of_task(id)?;
            let stages: Vec<u8> =
                skips.iter().filter(|skip| skip.person == person).map(|skip| skip.stage).collect();
            if stages.is_empty() {
                // To somebody who has nothing to do with it, it is not there.
                let managers = Access::manager(tx, &actor, project).is_ok();
                let known = managers && tx.is_member(id.project, id.batch, id.ordinal)?;
                let message = "this person has not passed on the task";
                return Err(if known { Error::conflict("not_skipped", message) } else { none() });
            }
            let batch = tx.batch(id.project, id.batch)?.ok_or_else(none)?;
            tx.delete_skips_of(id, person)?;
            let (rows, now) = (tx.task_rows(id)?, inner.now());
            let task = rows.task(batch.rules);
            let next = task.after(&TaskEvent::Unskip { stages }, batch.state, now).map_err(refused)?;
            if next != task && !tx.move_task(id, &rows, &next, None)? {
                return Err(refused(sheaf_model::SlotRefusal::LeaseLost));
            }
            let (kind, batch) = (EventKind::Unskipped, Some(id.batch));
            let others = if person == actor.user { None } else { tx.person_name(person)? };
            let details = others.map(|whom| format!("for {}", whom.name));
            let event = EventRow { at: now, kind, actor: Some(actor.user), batch, details };
            tx.put_event(id.project, id.ordinal, &event)?;
            Ok(())
        })
        .await
}
