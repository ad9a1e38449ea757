//! `GET /api/projects/{project}/members/{user}/queue`: what comes next for somebody, and why.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::queue::explain::{self, PersonQueue, Verdict};
use sheaf_app::queue::{Bar, Source, Work};
use sheaf_model::{ProjectId, Role, TaskId, UserId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::{BatchKind, Ref};

/// What comes next for somebody, and why: the walk of their next claim.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberQueue {
    person: Ref,
    /// Tasks of the project that they hold; a claim gives these first.
    #[schema(value_type = Vec<String>)]
    held: Vec<TaskId>,
    /// That they may hold at a time.
    held_max: u32,
    /// In the order of the walk: reviews, then labels; in each the batches in the order of the queue.
    steps: Vec<QueueStep>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct QueueStep {
    /// `label` or `review`.
    work: String,
    batch: Ref,
    kind: BatchKind,
    priority: i64,
    /// Placed by hand.
    by_hand: bool,
    /// `next`, `later`, `holds_maximum`, `paused`, `nothing_left`, `not_open`, `managers_only`, `no_role`.
    verdict: String,
    /// The task that it has for them.
    #[schema(value_type = Option<String>)]
    task: Option<TaskId>,
    /// In words.
    reason: String,
}

fn words(verdict: Verdict) -> (&'static str, Option<TaskId>, &'static str) {
    let from = |source| match source {
        Source::Kept => "a task that a review sent back is kept for them",
        Source::Open => "a task is free again, or wants another judgement",
        Source::KeptTooLong => "a task was kept for somebody who did not come",
        Source::Overdue => "somebody's lease on a task ran out",
        Source::Untouched => "the next task that nobody has touched",
    };
    match verdict {
        Verdict::Next { task, source } => ("next", Some(task), from(source)),
        Verdict::Later { task, source } => ("later", Some(task), from(source)),
        Verdict::HoldsMaximum { task } => {
            ("holds_maximum", Some(task), "it has a task for them, but they hold as many as they may")
        }
        Verdict::MixedIn { .. } => {
            ("mixed_in", None, "its tasks come in the place of others, as often as its gold rate says")
        }
        Verdict::Paused => ("paused", None, "the batch is paused"),
        Verdict::NothingLeft => (
            "nothing_left",
            None,
            "every task is finished, in somebody's hands, kept for somebody else, blocked, or one that they had a part in or passed on",
        ),
        Verdict::Barred(Bar::Paused) => ("paused_person", None, "a manager paused them in the project"),
        Verdict::Barred(Bar::NotOpen) => ("not_open", None, "the batch is open to others only"),
        Verdict::Barred(Bar::ManagersOnly) => {
            ("managers_only", None, "the batch is for managers, and they are none")
        }
        Verdict::Barred(Bar::Role(Role::Reviewer)) => {
            ("no_role", None, "they are no reviewer of the project")
        }
        Verdict::Barred(Bar::Role(_)) => ("no_role", None, "they are no annotator of the project"),
        Verdict::Barred(Bar::NoReviews) => ("no_role", None, "the batch has no reviews"),
    }
}

impl From<PersonQueue> for MemberQueue {
    fn from(queue: PersonQueue) -> Self {
        let steps = queue.steps.into_iter().map(|step| {
            let (verdict, task, reason) = words(step.verdict);
            QueueStep {
                work: if step.work == Work::Label { "label" } else { "review" }.to_owned(),
                kind: step.batch.kind.into(),
                priority: step.batch.priority,
                by_hand: step.batch.position.is_some(),
                batch: Ref { id: step.batch.id.to_string(), name: step.batch.name },
                verdict: verdict.to_owned(),
                task,
                reason: reason.to_owned(),
            }
        });
        Self {
            person: queue.person.into(),
            held: queue.held,
            held_max: queue.held_max,
            steps: steps.collect(),
        }
    }
}

/// What comes next for somebody, and why. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/members/{user}/queue", responses((status = 200, body = MemberQueue)))]
pub(crate) async fn explain_member_queue(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, user)): Ids<(ProjectId, UserId)>,
) -> Result<Json<MemberQueue>> {
    Ok(Json(explain::person(&app, &me.actor, project, user).await?.into()))
}
