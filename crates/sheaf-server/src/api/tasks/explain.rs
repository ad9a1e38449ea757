//! `GET /api/projects/{project}/tasks/{task}/queue`: why a task is served, or is not.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::queue::explain::{self, SlotWhy, Stopped, TaskQueue as Explained};
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{ProjectId, TaskId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::{Ref, Time};

/// Why a task is served, or is not.
#[derive(Serialize, ToSchema)]
pub(crate) struct TaskQueue {
    batch: Ref,
    /// `pending`, `claimed`, `in_review`, `rejected`, `blocked`, `done` or `cancelled`.
    state: String,
    /// What keeps all of it from being served: `staging`, `paused`, `ended`, `archived`, `project_archived` or
    /// `nobody_eligible`.
    stopped: Option<String>,
    /// In words.
    reason: String,
    slots: Vec<SlotQueue>,
    /// Who passed on it.
    skips: Vec<TaskSkip>,
}

/// A judgement or a review that the task needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct SlotQueue {
    /// `label` or `review`.
    work: String,
    /// The number of the judgement from 1, or the level of the review.
    number: u8,
    /// `untouched`, `open`, `kept`, `leased`, `overdue`, `submitted`, `blocked`, `cancelled` or `waiting`.
    state: String,
    /// Who holds it, handed it in, or whom it is kept for.
    person: Option<Ref>,
    /// How long it is held or kept.
    remaining_ms: Option<i64>,
    /// Untouched tasks of the batch that are handed out before.
    ahead: Option<u64>,
    /// People who may take it.
    eligible: u64,
    /// In words.
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TaskSkip {
    person: Option<Ref>,
    /// `label` or `review`.
    work: String,
    reason: String,
    at: Time,
}

fn work(stage: u8) -> String {
    if stage == STAGE_LABEL { "label" } else { "review" }.to_owned()
}

/// `1 minute`, `3 hours`; rounded up.
fn span(ms: i64) -> String {
    let minutes = (ms + 59_999) / 60_000;
    let (n, unit) = if minutes < 120 { (minutes, "minute") } else { ((minutes + 59) / 60, "hour") };
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

fn slot(slot: explain::SlotQueue) -> SlotQueue {
    let named =
        |who: &Option<Ref>| who.as_ref().map_or_else(|| "somebody".to_owned(), |who| who.name.clone());
    let (state, person, remaining_ms, ahead) = match slot.why {
        SlotWhy::Untouched { ahead } => ("untouched", None, None, Some(ahead)),
        SlotWhy::Open => ("open", None, None, None),
        SlotWhy::Kept { person, remaining_ms } => ("kept", person, Some(remaining_ms), None),
        SlotWhy::Leased { person, remaining_ms } => ("leased", person, Some(remaining_ms), None),
        SlotWhy::Overdue { person } => ("overdue", person, None, None),
        SlotWhy::Submitted { person } => ("submitted", person, None, None),
        SlotWhy::Blocked => ("blocked", None, None, None),
        SlotWhy::Cancelled => ("cancelled", None, None, None),
        SlotWhy::Waiting => ("waiting", None, None, None),
    };
    let person = person.map(Ref::from);
    let who = named(&person);
    let for_how_long = span(remaining_ms.unwrap_or_default());
    let reason = match (state, ahead) {
        ("untouched", Some(0)) => "nobody has touched it; it is the next one of its batch".to_owned(),
        ("untouched", ahead) => {
            format!("nobody has touched it; {} of its batch are handed out before", ahead.unwrap_or_default())
        }
        ("open", _) => "free: handed out before what nobody has touched".to_owned(),
        ("kept", _) => format!("kept for {who} for {for_how_long} more, then for anybody"),
        ("leased", _) => format!("held by {who} for {for_how_long} more, unless they give a sign of life"),
        ("overdue", _) => format!("the lease of {who} has run out: the next one who may gets it"),
        ("submitted", _) => format!("handed in by {who}"),
        ("blocked", _) => "blocked: too many people passed on it; a manager opens it again".to_owned(),
        ("cancelled", _) => "cancelled with its batch".to_owned(),
        _ => "waits for what it reviews".to_owned(),
    };
    let number = if slot.place.stage == STAGE_LABEL { slot.place.n + 1 } else { slot.place.stage };
    SlotQueue {
        work: work(slot.place.stage),
        number,
        state: state.to_owned(),
        person,
        remaining_ms,
        ahead,
        eligible: slot.eligible as u64,
        reason,
    }
}

impl From<Explained> for TaskQueue {
    fn from(task: Explained) -> Self {
        let (stopped, reason) = match task.stopped {
            Some(Stopped::Staging) => (Some("staging"), "its batch is in staging: launch it"),
            Some(Stopped::Paused) => (Some("paused"), "its batch is paused: resume it"),
            Some(Stopped::Ended) => (Some("ended"), "its batch has ended"),
            Some(Stopped::Archived) => (Some("archived"), "its batch is archived"),
            Some(Stopped::ProjectArchived) => (Some("project_archived"), "the project is archived"),
            Some(Stopped::NobodyEligible) => (
                Some("nobody_eligible"),
                "nobody may take what is free of it: all who could have a part in it, passed on it, or are not among those whom the batch is open to",
            ),
            None => (None, "served when its turn comes"),
        };
        Self {
            batch: Ref { id: task.batch.id.to_string(), name: task.batch.name },
            state: task.state.as_str().to_owned(),
            stopped: stopped.map(str::to_owned),
            reason: reason.to_owned(),
            slots: task.slots.into_iter().map(slot).collect(),
            skips: task
                .skips
                .into_iter()
                .map(|(skip, person)| TaskSkip {
                    person: person.map(Ref::from),
                    work: work(skip.stage),
                    reason: skip.reason,
                    at: skip.at.into(),
                })
                .collect(),
        }
    }
}

/// Why a task is served, or is not. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/tasks/{task}/queue", responses((status = 200, body = TaskQueue)))]
pub(crate) async fn explain_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
) -> Result<Json<TaskQueue>> {
    Ok(Json(explain::task(&app, &me.actor, project, task).await?.into()))
}
