//! Handing in, and changing what was handed in: validated against the taxonomy that the holder was shown, idempotent by the
//! client's submission id.

use sha2::{Digest, Sha256};
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{LeaseId, Millis, Response, SlotEvent, SlotRefusal, SubmissionId, TaskEvent, TaskId};
use sheaf_store::batch_hours::Work;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::queue::SlotKey;
use sheaf_store::submissions::SubmissionRow;
use sheaf_store::{Ask, Tx};

use super::answers::{Answers, follow, labels};
use super::draft::keep;
use super::held::{held, refused};
use super::valid::problems;
use crate::prelabels::shown::begun;
use crate::quality::serve::{Feedback, score, told};
use crate::webhooks::outbox::{self, Event};
use crate::{Actor, App, Error, Result};

/// An answer to be handed in.
#[derive(Debug, Clone)]
pub struct Submit {
    pub id: SubmissionId,
    pub response: Response,
    /// Time spent on it, as the browser measured it.
    pub seconds: Option<f64>,
}

/// The receipt.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    pub id: SubmissionId,
    pub task: TaskId,
    pub at: Millis,
    /// It had been handed in before; nothing changed now.
    pub replayed: bool,
    /// After a training task.
    pub feedback: Option<Feedback>,
}

pub async fn submit(app: &App, actor: &Actor, lease: LeaseId, submit: Submit) -> Result<Receipt> {
    let place = SlotKey::of(&lease).place();
    let (body, hash) = body(&lease.task, &submit)?;
    // Checked before the one writer is asked.
    if let Some(error) = problems(app, actor, lease.task, place, lease.fence, &submit.response).await? {
        return Err(error);
    }
    let (inner, actor) = (app.clone(), actor.clone());
    let mut asks = vec![Ask::Submission(lease.task.project, submit.id), Ask::Task(lease.task)];
    let source = app.shown().get(&lease.fence, actor.user).and_then(|seen| seen.prelabels);
    asks.extend(source.map(|source| Ask::Prelabel(lease.task.project, source, lease.task.ordinal)));
    app.store()
        .write_repeatable(lease.task.project, asks, move |tx| {
            let now = inner.now();
            if let Some(known) = tx.submission(lease.task.project, submit.id)? {
                return replay(tx, &known, &actor, &hash).map(Ok);
            }
            let held = held(&inner, tx, &actor, &lease)?;
            if place.stage != STAGE_LABEL {
                let what = "this lease is of a review: accept it, send it back, or fix it";
                return Err(Error::invalid("not_a_label", what));
            }
            let event = TaskEvent::Slot(place, SlotEvent::Submit { fence: lease.fence });
            let next = match held.task.after(&event, held.batch.state, now) {
                Ok(next) => next,
                Err(refusal) => {
                    // Kept in this very transaction, which commits: no work is lost.
                    keep(tx, &held.row.key, actor.user, &body, now)?;
                    return Ok(Err(refused(refusal).details(serde_json::json!({ "draft_kept": true }))));
                }
            };
            let before = Answers::at(tx, lease.task, &held.task)?;
            held.write(tx, &next)?;
            let row = SubmissionRow {
                id: submit.id,
                key: held.row.key,
                body_hash: hash,
                person: actor.user,
                round: held.row.slot.round,
                revision: 1,
                fence: lease.fence,
                taxonomy_version: held.row.taxonomy_version,
                response: body.clone(),
                seconds: spent(submit.seconds),
                at: now,
                prelabel: begun(tx, &held.batch, lease.task, held.row.taxonomy_version, &submit.response)?,
            };
            tx.insert_submission(&row)?;
            tx.add_work(lease.task.project, lease.task.batch, actor.user, now, Work::label(row.seconds));
            if before.standing.is_empty() && held.task.rules.overlap == 1 {
                // The first answer of nearly every task: nothing to be read again. What a review sent back has no labels.
                tx.set_answer_labels(lease.task, &Default::default(), &labels([&submit.response]))?;
            } else {
                follow(&inner, tx, &held.batch, lease.task, &before, &next)?;
            }
            tx.delete_draft(&held.row.key, actor.user)?;
            held.ledger(tx, &actor, EventKind::Submitted, None, now)?;
            let told = Event::TaskSubmitted { task: lease.task, submission: submit.id, by: actor.user };
            outbox::put(tx, lease.task.project, &told, now)?;
            held.ended(&inner, tx, &next, now)?;
            inner.shown().forget(&lease.fence);
            let feedback = score(tx, &held.batch, lease.task, actor.user, &submit.response, now)?;
            Ok(Ok(Receipt { id: submit.id, task: lease.task, at: now, replayed: false, feedback }))
        })
        .await?
}

/// Changes the answer that one handed in, while no review of it has begun. The old one is kept.
pub async fn amend(app: &App, actor: &Actor, task: TaskId, submit: Submit) -> Result<Receipt> {
    let (body, hash) = body(&task, &submit)?;
    let person = actor.user;
    let mine = app
        .store()
        .read(move |tx| {
            let rows = tx.task_rows(task)?.0;
            Ok::<_, Error>(rows.into_values().find(|row| row.slot.holder == Some(person)))
        })
        .await?
        .ok_or(Error::not_found("task"))?;
    let (place, fence) = (mine.key.place(), mine.slot.fence.ok_or(Error::not_found("task"))?);
    if let Some(error) = problems(app, actor, task, place, fence, &submit.response).await? {
        return Err(error);
    }
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(task.project, move |tx| {
            let now = inner.now();
            if let Some(known) = tx.submission(task.project, submit.id)? {
                return replay(tx, &known, &actor, &hash);
            }
            let lease = LeaseId { task, stage: place.stage, n: place.n, fence };
            let held = held(&inner, tx, &actor, &lease)?;
            if held.batch.kind.is_explained() {
                let what =
                    "the answer of a training task was shown to you, so yours stays as you handed it in";
                return Err(Error::conflict("explained", what));
            }
            let event = TaskEvent::Amend { n: place.n, person: actor.user };
            let next = held.task.after(&event, held.batch.state, now).map_err(refused)?;
            let before = Answers::at(tx, task, &held.task)?;
            let old = before
                .standing
                .iter()
                .find(|row| row.key.place() == place)
                .ok_or_else(|| refused(SlotRefusal::NotSubmitted))?;
            tx.insert_submission(&SubmissionRow {
                id: submit.id,
                body_hash: hash,
                revision: old.revision + 1,
                response: body,
                seconds: spent(submit.seconds),
                // Newer than the one that it replaces, also within a millisecond.
                at: now.max(old.at + 1),
                prelabel: begun(tx, &held.batch, task, old.taxonomy_version, &submit.response)?,
                ..old.clone()
            })?;
            follow(&inner, tx, &held.batch, task, &before, &next)?;
            amended(tx, &actor, task, now)?;
            let feedback = score(tx, &held.batch, task, actor.user, &submit.response, now)?;
            Ok(Receipt { id: submit.id, task, at: now, replayed: false, feedback })
        })
        .await
}

fn amended(tx: &Tx<'_>, actor: &Actor, task: TaskId, at: Millis) -> Result<()> {
    let (kind, batch) = (EventKind::Amended, Some(task.batch));
    let event = EventRow { at, kind, actor: Some(actor.user), batch, details: None };
    Ok(tx.put_event(task.project, task.ordinal, &event)?)
}

/// The first answer again, or a conflict when the body is another.
fn replay(tx: &Tx<'_>, known: &SubmissionRow, actor: &Actor, hash: &[u8; 32]) -> Result<Receipt> {
    if known.body_hash != *hash || known.person != actor.user {
        return Err(Error::conflict("submission_conflict", "this submission id was used for another answer")
            .hint("make a new id for a new answer"));
    }
    let task = known.key.task;
    let feedback = told(tx, task, actor.user)?;
    Ok(Receipt { id: known.id, task, at: known.at, replayed: true, feedback })
}

/// The answer as it is stored, and its hash.
fn body(task: &TaskId, submit: &Submit) -> Result<(String, [u8; 32])> {
    let body = serde_json::to_string(&submit.response).map_err(|error| Error::internal(error.to_string()))?;
    let mut digest = Sha256::new();
    digest.update(task.to_string());
    digest.update(&body);
    Ok((body, digest.finalize().into()))
}

/// A time that makes sense.
pub(super) fn spent(seconds: Option<f64>) -> Option<f64> {
    seconds.filter(|s| s.is_finite() && *s >= 0.0)
}
