//! Verdicts of reviewers: accept, send back with a note, or fix and accept. Idempotent by the client's review id.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest, Sha256};
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{LeaseId, Millis, Response, ReviewId, SlotEvent, SubmissionId, TaskEvent, TaskId, Verdict};
use sheaf_store::batch_hours::Work;
use sheaf_store::events::EventKind;
use sheaf_store::queue::SlotKey;
use sheaf_store::reviews::ReviewRow;
use sheaf_store::submissions::SubmissionRow;

use super::answers::{Answers, count_sent_back, follow};
use super::draft::keep;
use super::held::{held, refused};
use super::submit::spent;
use super::valid::problems;
use sheaf_store::Ask;

use crate::webhooks::outbox::{self, Event};
use crate::{Actor, App, Error, Result};

/// Characters of a note.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// What a reviewer says.
#[derive(Debug, Clone)]
pub enum Said {
    Accept,
    /// Label slots to be done again; none: all of them.
    Reject(BTreeSet<u8>),
    /// The reviewer's answer is the task's.
    Fix(Response),
}

#[derive(Debug, Clone)]
pub struct Review {
    pub id: ReviewId,
    pub said: Said,
    /// Needed to send something back.
    pub note: String,
    pub seconds: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewReceipt {
    pub id: ReviewId,
    pub task: TaskId,
    pub verdict: Verdict,
    pub at: Millis,
    /// It had been said before; nothing changed now.
    pub replayed: bool,
}

pub async fn review(app: &App, actor: &Actor, lease: LeaseId, review: Review) -> Result<ReviewReceipt> {
    let note = review.note.trim().to_owned();
    if note.chars().count() > NOTE_CHARS_MAX {
        return Err(Error::invalid("bad_note", format!("a note has at most {NOTE_CHARS_MAX} characters")));
    }
    if note.is_empty() && matches!(review.said, Said::Reject(_)) {
        return Err(Error::invalid("note_missing", "what is sent back needs a note")
            .hint("say in `note` what is to be done differently"));
    }
    let verdict = match review.said {
        Said::Accept => Verdict::Accepted,
        Said::Reject(_) => Verdict::Rejected,
        Said::Fix(_) => Verdict::Fixed,
    };
    let (slots, fixed) = match review.said {
        Said::Accept => (BTreeSet::new(), None),
        Said::Reject(slots) => (slots, None),
        Said::Fix(response) => {
            let place = SlotKey::of(&lease).place();
            if let Some(error) = problems(app, actor, lease.task, place, lease.fence, &response).await? {
                return Err(error);
            }
            let body =
                serde_json::to_string(&response).map_err(|error| Error::internal(error.to_string()))?;
            (BTreeSet::new(), Some(body))
        }
    };
    let hash: [u8; 32] = Sha256::digest(json!([lease.task, verdict, note, slots, fixed]).to_string()).into();
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_repeatable(lease.task.project, vec![Ask::Task(lease.task)], move |tx| {
            let (now, id) = (inner.now(), lease.task);
            if let Some(known) = tx.review(id.project, review.id)? {
                if known.body_hash != hash || known.person != actor.user {
                    return Err(Error::conflict(
                        "review_conflict",
                        "this review id was used for another verdict",
                    )
                    .hint("make a new id for a new verdict"));
                }
                let (id, task, at) = (known.id, known.task, known.at);
                return Ok(Ok(ReviewReceipt { id, task, verdict: known.verdict, at, replayed: true }));
            }
            let held = held(&inner, tx, &actor, &lease)?;
            if lease.stage == STAGE_LABEL {
                let what = "this lease is of a task to be labelled: submit an answer";
                return Err(Error::invalid("not_a_review", what));
            }
            let (level, fence) = (lease.stage, lease.fence);
            let event = match verdict {
                Verdict::Rejected => TaskEvent::Reject { level, fence, slots: slots.clone() },
                _ => TaskEvent::Slot(held.row.key.place(), SlotEvent::Submit { fence }),
            };
            let next = match held.task.after(&event, held.batch.state, now) {
                Ok(next) => next,
                Err(refusal) => {
                    if let Some(body) = &fixed {
                        keep(tx, &held.row.key, actor.user, body, now)?;
                    }
                    let kept = json!({ "draft_kept": fixed.is_some() });
                    return Ok(Err(refused(refusal).details(kept)));
                }
            };
            let before = Answers::at(tx, id, &held.task)?;
            held.write(tx, &next)?;
            let round = held.row.slot.round;
            if let Some(response) = fixed.clone() {
                tx.insert_submission(&SubmissionRow {
                    id: SubmissionId(review.id.0),
                    key: held.row.key,
                    body_hash: hash,
                    person: actor.user,
                    round,
                    revision: 1,
                    fence,
                    taxonomy_version: held.row.taxonomy_version,
                    response,
                    seconds: spent(review.seconds),
                    at: now,
                    prelabel: None,
                })?;
            }
            let row = ReviewRow {
                id: review.id,
                body_hash: hash,
                task: id,
                level,
                person: actor.user,
                round,
                fence,
                verdict,
                note: note.clone(),
                slots: slots.clone(),
                at: now,
            };
            tx.insert_review(&row)?;
            let rejected = verdict == Verdict::Rejected;
            tx.add_work(id.project, id.batch, actor.user, now, Work::review(rejected));
            if rejected {
                count_sent_back(tx, id, &held.task, &next)?;
            }
            if verdict != Verdict::Accepted {
                follow(&inner, tx, &held.batch, id, &before, &next)?;
            }
            tx.delete_draft(&held.row.key, actor.user)?;
            let kind = match verdict {
                Verdict::Accepted => EventKind::Accepted,
                Verdict::Fixed => EventKind::Fixed,
                Verdict::Rejected => EventKind::Rejected,
            };
            held.ledger(tx, &actor, kind, (!note.is_empty()).then(|| note.clone()), now)?;
            let told = Event::TaskReviewed { task: id, review: review.id, by: actor.user, verdict };
            outbox::put(tx, id.project, &told, now)?;
            held.ended(&inner, tx, &next, now)?;
            Ok(Ok(ReviewReceipt { id: review.id, task: id, verdict, at: now, replayed: false }))
        })
        .await?
}
