//! Handing in: validated against the taxonomy that the holder was shown, idempotent by the client's submission id.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use sheaf_model::response::Canvas;
use sheaf_model::{
    LeaseId, Millis, ProjectId, Response, SlotEvent, SlotRefusal, SlotState, SubmissionId, TaskId, Taxonomy,
};
use sheaf_store::Tx;
use sheaf_store::events::{EventKind, EventRow};
use sheaf_store::queue::slots::Counts;
use sheaf_store::queue::{SlotKey, SlotRow};
use sheaf_store::submissions::SubmissionRow;

use super::draft::keep;
use super::held::{held, refused};
use crate::batches::act::complete_if_done;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub id: SubmissionId,
    pub task: TaskId,
    pub at: Millis,
    /// It had been handed in before; nothing changed now.
    pub replayed: bool,
}

pub async fn submit(app: &App, actor: &Actor, lease: LeaseId, submit: Submit) -> Result<Receipt> {
    let (inner, actor) = (app.clone(), actor.clone());
    let body = serde_json::to_string(&submit.response).map_err(|error| Error::internal(error.to_string()))?;
    let hash = body_hash(&lease, &body);
    // Validation reads; it is done before the one writer is asked.
    let checked = {
        let (inner, actor, response) = (inner.clone(), actor.clone(), submit.response.clone());
        app.store().read(move |tx| problems(&inner, tx, &actor, &lease, &response)).await?
    };
    if let Some(error) = checked {
        return Err(error);
    }
    let labels = submit.response.label_counts();
    app.store()
        .write(move |tx| {
            let now = inner.now();
            if let Some(known) = tx.submission(lease.task.project, submit.id)? {
                return replay(&known, &actor, &hash).map(Ok);
            }
            let held = held(tx, &actor, &lease)?;
            let event = SlotEvent::Submit { fence: lease.fence };
            let slot = match held.row.slot.after(&event, held.batch, now) {
                Ok(slot) => slot,
                Err(refusal) => {
                    // Kept in this very transaction, which commits: no work is lost.
                    keep(tx, &held.row.key, actor.user, &body, now)?;
                    return Ok(Err(refused(refusal).details(serde_json::json!({ "draft_kept": true }))));
                }
            };
            let row = SlotRow { slot, ..held.row.clone() };
            if !tx.move_slot(&held.row, &row)? {
                return Err(refused(SlotRefusal::LeaseLost));
            }
            let key = held.row.key;
            tx.insert_submission(
                &SubmissionRow {
                    id: submit.id,
                    key,
                    body_hash: hash,
                    person: actor.user,
                    round: row.slot.round,
                    fence: lease.fence,
                    taxonomy_version: row.taxonomy_version,
                    response: body,
                    seconds: submit.seconds.filter(|s| s.is_finite() && *s >= 0.0),
                    at: now,
                },
                &labels,
            )?;
            tx.delete_draft(&key, actor.user)?;
            let task = key.task;
            tx.move_counts(
                task.project,
                task.batch,
                Counts::between(SlotState::Leased, SlotState::Submitted),
            )?;
            let kind = EventKind::Submitted;
            let event =
                EventRow { at: now, kind, actor: Some(actor.user), batch: Some(task.batch), details: None };
            tx.put_event(task.project, task.ordinal, &event)?;
            let told = Event::TaskSubmitted { task, submission: submit.id, by: actor.user };
            outbox::put(tx, task.project, &told, now)?;
            // One judgement is all that a task needs.
            let told = Event::TaskDone { task, submission: Some(submit.id) };
            outbox::put(tx, task.project, &told, now)?;
            complete_if_done(tx, task.project, task.batch, now)?;
            Ok(Ok(Receipt { id: submit.id, task, at: now, replayed: false }))
        })
        .await?
}

/// The first answer again, or a conflict when the body is another.
fn replay(known: &SubmissionRow, actor: &Actor, hash: &[u8; 32]) -> Result<Receipt> {
    if known.body_hash != *hash || known.person != actor.user {
        return Err(Error::conflict("submission_conflict", "this submission id was used for another answer")
            .hint("make a new id for a new answer"));
    }
    Ok(Receipt { id: known.id, task: known.key.task, at: known.at, replayed: true })
}

fn body_hash(lease: &LeaseId, body: &str) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(lease.task.to_string());
    digest.update(body);
    digest.finalize().into()
}

/// What is wrong with the answer; nothing is checked of a task that is not the actor's any more (the write says so).
fn problems(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    lease: &LeaseId,
    response: &Response,
) -> Result<Option<Error>> {
    let Some(row) = tx.slot(&SlotKey::of(lease))? else { return Ok(None) };
    if row.slot.holder != Some(actor.user) || row.slot.fence != Some(lease.fence) {
        return Ok(None);
    }
    let task = lease.task;
    let taxonomy = taxonomy(app, tx, task.project, row.taxonomy_version)?;
    let asset = tx.asset(task.project, task.ordinal)?.ok_or(Error::not_found("asset"))?;
    let needs_text = response.annotations.iter().any(|a| a.shape.tool() == sheaf_model::taxonomy::Tool::Span);
    let text = if needs_text { tx.text(task.project, task.ordinal)? } else { None };
    let canvas = match &text {
        Some(text) => Canvas::Text(text),
        None if asset.media_type.starts_with("text/") => Canvas::Text(""),
        None => Canvas::Image(asset.width.zip(asset.height)),
    };
    let problems = response.problems(&taxonomy, canvas);
    Ok((!problems.is_empty()).then(|| Error::problems("invalid_response", problems)))
}

/// A version of a project's taxonomy, kept parsed: versions never change.
fn taxonomy(app: &App, tx: &Tx<'_>, project: ProjectId, version: i64) -> Result<Arc<Taxonomy>> {
    if let Some(known) = app.taxonomies().lock().get(&(project, version)) {
        return Ok(known.clone());
    }
    let row = tx
        .taxonomy(project, version)?
        .ok_or_else(|| Error::internal(format!("{project} has no taxonomy version {version}")))?;
    let taxonomy = Arc::new(row.body);
    let mut known = app.taxonomies().lock();
    if known.len() >= TAXONOMIES_MAX {
        known.clear();
    }
    known.insert((project, version), taxonomy.clone());
    Ok(taxonomy)
}

/// Parsed taxonomies that are kept.
const TAXONOMIES_MAX: usize = 1_000;
