//! Tasks that were answered elsewhere: the answer is put in place as if it had been handed in at the desk, so that it is counted,
//! found and exported like every other.

use roaring::RoaringBitmap;
use sha2::{Digest, Sha256};
use sheaf_model::{Ordinal, SlotEvent, SlotPlace, SubmissionId, TaskEvent, TaskId};
use sheaf_store::Tx;
use sheaf_store::batch_hours::Work;
use sheaf_store::batches::BatchRow;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::queue::SlotKey;
use sheaf_store::queue::slots::Granted;
use sheaf_store::scale::{Stage, Status, TaskRow};
use sheaf_store::submissions::SubmissionRow;

use super::{TaskKind, response, tasks};
use crate::quality::known::misfits;
use crate::queue::answers::labels;
use crate::queue::grant::lease_ms;
use crate::{App, Error, Result, ids};

/// Whether a task waits to become a member of its batch with its answer.
pub(super) fn is_answered(task: &TaskRow) -> bool {
    task.status == Status::Completed && task.response.is_some() && !task.is_test
}

/// Puts the answers of tasks in place whose assets are in the library, and which are to be members of a launched batch. Those
/// whose answer is none to what the project asks for are apart from then on, with the answer as it was given. The ordinals that
/// were answered.
pub(super) fn put(
    app: &App,
    tx: &Tx<'_>,
    batch: &BatchRow,
    mut all: Vec<(TaskRow, Ordinal)>,
) -> Result<RoaringBitmap> {
    all.sort_by_key(|(_, ordinal)| *ordinal);
    let mut done = RoaringBitmap::new();
    for (before, ordinal) in all {
        let after = if one(app, tx, batch, &before, ordinal)? {
            done.insert(ordinal);
            let (ordinal, response) = (Some(ordinal), None);
            TaskRow { stage: Stage::Bound, ordinal, response, fetch_due: None, ..before.clone() }
        } else {
            TaskRow { stage: Stage::Apart, fetch_due: None, ..before.clone() }
        };
        tx.update_client_task(&before, &after)?;
    }
    Ok(done)
}

/// Hands in one answer; `false`, with nothing written, when it does not fit.
fn one(app: &App, tx: &Tx<'_>, batch: &BatchRow, task: &TaskRow, ordinal: Ordinal) -> Result<bool> {
    let id = TaskId { project: task.project, batch: task.batch, ordinal };
    let (Some(kind), Some(stored)) = (TaskKind::parse(&task.kind), &task.response) else { return Ok(false) };
    let params = tasks::shape::effective(tx, task)?;
    let Ok(response) = response::read(kind, &params, &sheaf_store::sql::from_json(stored)?) else {
        return Ok(false);
    };
    let asset = tx.asset(id.project, ordinal)?.ok_or_else(|| Error::internal("an asset is not there"))?;
    if !misfits(tx, id.project, &asset, &response)?.is_empty() {
        return Ok(false);
    }
    let project = tx.project(id.project)?.ok_or(Error::not_found("project"))?;
    let (rows, now, person) = (tx.task_rows(id)?, app.now(), batch.created_by);
    let (place, fence) = (SlotPlace::label(0), ids::random::<16>()?);
    let claim = SlotEvent::Claim { person, fence, lease_ms: lease_ms(&project) };
    let claimed = rows.task(batch.rules).after(&TaskEvent::Slot(place, claim), batch.state, now);
    let submit = TaskEvent::Slot(place, SlotEvent::Submit { fence });
    // A batch that wants more than one answer, or reviews, gets them at the desk.
    let Some(next) =
        claimed.and_then(|task| task.after(&submit, batch.state, now)).ok().filter(|it| it.done())
    else {
        return Ok(false);
    };
    let version = project.taxonomy_version;
    let granted = Granted { place, claim: Some(ids::random::<16>()?), taxonomy_version: version, from: None };
    if !tx.move_task(id, &rows, &next, Some(granted))? {
        return Err(Error::internal("a new task was touched already"));
    }
    let body = serde_json::to_string(&response).map_err(|error| Error::internal(error.to_string()))?;
    let mut hash = Sha256::new();
    hash.update(id.to_string());
    hash.update(&body);
    tx.insert_submission(&SubmissionRow {
        id: SubmissionId(ids::random::<16>()?),
        key: SlotKey::at(id, place),
        body_hash: hash.finalize().into(),
        person,
        round: next.slots.get(&place).map_or(1, |slot| slot.round),
        revision: 1,
        fence,
        taxonomy_version: version,
        response: body,
        seconds: None,
        at: now,
        prelabel: None,
    })?;
    tx.add_work(id.project, id.batch, person, now, Work::label(None));
    if !batch.kind.is_quality() {
        tx.set_answer_labels(id, &Default::default(), &labels([&response]))?;
    }
    for kind in [EventKind::Claimed, EventKind::Submitted] {
        let details = Some("answered before it came here".to_owned());
        let event = EventRow { at: now, kind, actor: Some(person), batch: Some(id.batch), details };
        tx.put_event(id.project, ordinal, &event)?;
    }
    Ok(true)
}
