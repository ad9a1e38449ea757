//! Where tasks of clients come to an end, and batches with them: done at the desk, answered, cancelled, or in error. The one
//! place that changes a task's status and says so to its callback.

use serde_json::json;
use sheaf_model::{BatchAction, BatchId, BatchState, Millis, Ordinal, ProjectId, TaskId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::scale::{ClientBatch, Filter, Page, Stage, Status, TaskRow};

use super::{callbacks, tasks};
use crate::batches::act::{complete_if_done, step};
use crate::queue::held::REASON_CHARS_MAX;
use crate::queue::manage::{Manage, managed};
use crate::{Actor, App, Error, Result};

/// Whether clients wait for nothing more of a batch: all of their tasks have ended, and none is on its way into it. One that was
/// answered elsewhere has ended, and is to become a member with its answer all the same.
pub(crate) fn all_ended(tx: &Tx<'_>, batch: &BatchRow) -> Result<bool> {
    let Some(client) = tx.client_batch(batch.project, batch.id)? else { return Ok(true) };
    Ok(client.counts.pending == 0 && !tx.are_client_tasks_on_their_way(batch.project, batch.id)?)
}

/// A batch with tasks of clients is not taken apart by other means: the tasks would be of no batch.
pub(crate) fn keeps_tasks(tx: &Tx<'_>, batch: &BatchRow, verb: &str) -> Result<()> {
    let tasks = tx.client_batch(batch.project, batch.id)?.map_or(0, |it| it.counts.all());
    if tasks == 0 {
        return Ok(());
    }
    let what =
        format!("cannot {verb} batch `{}`: {tasks} of its tasks were made over Scale's API", batch.name);
    Err(Error::conflict("bad_state", what).hint("cancel tasks, or the whole batch, instead"))
}

/// The tasks of a batch are those that clients made, or the members that were picked in Sheaf. Of both together clients would see
/// and count their own only. An error when it has tasks of clients: assets are not picked for it.
pub(crate) fn takes_no_picked(tx: &Tx<'_>, batch: &BatchRow) -> Result<()> {
    let tasks = tx.client_batch(batch.project, batch.id)?.map_or(0, |it| it.counts.all());
    if tasks == 0 {
        return Ok(());
    }
    let what =
        format!("cannot append to batch `{}`: its {tasks} tasks were made over Scale's API", batch.name);
    Err(Error::conflict("bad_state", what).hint("make another batch of these assets; both are served"))
}

/// Whether a batch has members that were picked in Sheaf: no client makes tasks in it. `client`: what clients have of it.
pub(super) fn has_picked(batch: &BatchRow, client: Option<&ClientBatch>) -> bool {
    batch.n_members > 0 && client.is_none_or(|it| it.counts.all() == 0)
}

/// Nothing more is to be done on a task of Sheaf.
pub(crate) fn task_done(tx: &Tx<'_>, id: TaskId, now: Millis) -> Result<()> {
    let Some(before) = tx.client_task_of(id.project, id.batch, id.ordinal)? else { return Ok(()) };
    if before.status == Status::Pending {
        let after =
            TaskRow { status: Status::Completed, completed: Some(now), updated: now, ..before.clone() };
        tx.update_client_task(&before, &after)?;
        callbacks::put_task(tx, &after, now)?;
    }
    Ok(())
}

/// A task of Sheaf that was done is to be done once more.
pub(crate) fn task_reopened(tx: &Tx<'_>, id: TaskId, now: Millis) -> Result<()> {
    let Some(before) = tx.client_task_of(id.project, id.batch, id.ordinal)? else { return Ok(()) };
    if before.status == Status::Completed {
        let after = TaskRow { status: Status::Pending, completed: None, updated: now, ..before.clone() };
        tx.update_client_task(&before, &after)?;
        opened(tx, id.project, id.batch)?;
        callbacks::put_task(tx, &after, now)?;
    }
    Ok(())
}

/// Whether a task whose answer was rejected can be given out again: not one that was never served, is of a batch that was
/// cancelled, or measures people.
pub(super) fn may_be_done_again(batch: &BatchRow, task: &TaskRow) -> bool {
    !task.is_test && batch.state != BatchState::Cancelled && !batch.kind.is_quality()
}

/// A completed task is to be done once more: at the desk by its authors first, who are told why; or over the API.
pub(super) fn once_more(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    batch: &BatchRow,
    task: &TaskRow,
    why: Option<&str>,
) -> Result<()> {
    if let Some(ordinal) = task.ordinal {
        let id = TaskId { project: task.project, batch: task.batch, ordinal };
        let why: Option<String> = why.map(|text| text.trim().chars().take(REASON_CHARS_MAX).collect());
        let why = why.as_deref().filter(|text| !text.is_empty());
        return managed(app, tx, actor, id, Manage::Reopen, None, why);
    }
    let now = app.now();
    let after = TaskRow { status: Status::Pending, completed: None, updated: now, ..task.clone() };
    tx.update_client_task(task, &after)?;
    opened(tx, task.project, task.batch)?;
    if batch.state == BatchState::Completed {
        step(app, tx, actor, task.project, task.batch, BatchAction::Reopen)?;
    }
    callbacks::put_task(tx, &after, now)
}

/// A batch has a task that is to be done: its end will be told anew.
pub(super) fn opened(tx: &Tx<'_>, project: ProjectId, batch: BatchId) -> Result<()> {
    if let Some(mut client) = tx.client_batch(project, batch)?.filter(|it| it.told) {
        client.told = false;
        tx.set_client_batch(&client)?;
    }
    Ok(())
}

/// A batch was completed: tells its callback.
pub(crate) fn batch_ended(tx: &Tx<'_>, batch: &BatchRow, now: Millis) -> Result<()> {
    let Some(mut client) = tx.client_batch(batch.project, batch.id)?.filter(|it| !it.told) else {
        return Ok(());
    };
    client.told = true;
    tx.set_client_batch(&client)?;
    let Some(url) = &client.callback else { return Ok(()) };
    let stats = json!({
        "completed": client.counts.completed,
        "canceled": client.counts.canceled,
        "error": client.counts.error,
    });
    let body = json!({ "batch": batch.name, "status": "completed", "stats": stats });
    callbacks::put(tx, batch.project, None, url, &body, now)
}

/// Ends a batch whose last task has ended in another way than at the desk.
pub(super) fn batch_may_end(app: &App, tx: &Tx<'_>, project: ProjectId, id: BatchId) -> Result<()> {
    let Some(batch) = tx.batch(project, id)?.filter(|it| it.state.launched()) else { return Ok(()) };
    let counts = tx.client_batch(project, id)?.map(|it| it.counts).unwrap_or_default();
    if counts.pending > 0 || counts.all() == 0 {
        return Ok(());
    }
    complete_if_done(app, tx, &batch, app.now())
}

/// Writes a task that has ended in another way than at the desk.
pub(super) fn ended(app: &App, tx: &Tx<'_>, before: &TaskRow, after: &TaskRow, tell: bool) -> Result<()> {
    tx.update_client_task(before, after)?;
    if tell {
        callbacks::put_task(tx, after, app.now())?;
    }
    batch_may_end(app, tx, after.project, after.batch)
}

/// A batch was cancelled: with it all of its tasks that were not done.
pub(crate) fn cancel_all(app: &App, tx: &Tx<'_>, batch: &BatchRow) -> Result<()> {
    let filter = Filter { batch: Some(batch.id), status: Some(Status::Pending), ..Filter::default() };
    let (now, mut below) = (app.now(), u32::MAX);
    loop {
        let page = tx.client_tasks(batch.project, &filter, Page { below, skip: 0, limit: 500 })?;
        let Some(last) = page.last() else { return Ok(()) };
        below = last.number;
        for before in &page {
            tx.update_client_task(before, &canceled(before, now))?;
        }
    }
}

/// A task after its cancellation. One that has become a task of Sheaf stays one, and one that is answered stays answered.
pub(super) fn canceled(before: &TaskRow, now: Millis) -> TaskRow {
    if before.status == Status::Completed {
        return TaskRow { stage: Stage::Apart, fetch_due: None, ..before.clone() };
    }
    let stage = if before.stage == Stage::Bound { Stage::Bound } else { Stage::Apart };
    TaskRow { stage, status: Status::Canceled, fetch_due: None, updated: now, ..before.clone() }
}

/// A task whose attachment cannot be had.
pub(super) fn failed(app: &App, tx: &Tx<'_>, before: &TaskRow, error: serde_json::Value) -> Result<()> {
    let now = app.now();
    if before.status == Status::Completed {
        // What is answered needs no attachment.
        let after = TaskRow { stage: Stage::Apart, fetch_due: None, updated: now, ..before.clone() };
        return ended(app, tx, before, &after, false);
    }
    let unique_id = if tasks::frees_unique_id(before)? { None } else { before.unique_id.clone() };
    let after = TaskRow {
        stage: Stage::Apart,
        status: Status::Error,
        error: Some(error.to_string()),
        unique_id,
        fetch_due: None,
        updated: now,
        ..before.clone()
    };
    ended(app, tx, before, &after, true)
}

/// Whether a task of Sheaf has been touched by anybody.
pub(super) fn touched(tx: &Tx<'_>, task: &TaskRow, ordinal: Ordinal) -> Result<bool> {
    let id = TaskId { project: task.project, batch: task.batch, ordinal };
    Ok(!tx.task_rows(id)?.0.is_empty())
}
