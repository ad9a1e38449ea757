//! `POST /api/projects/{project}/batches/{batch}/rehearse`: what the queue would do with a batch. Nothing is written.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::batches::rehearse::{self, Assume};
use sheaf_model::rehearsal::Outcome;
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Ref;

/// What to assume in the place of what is so; everything may be left out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RehearseRequest {
    /// How many annotators work: the first of those who are there, or more than there are. At most 500.
    annotators: Option<u32>,
    reviewers: Option<u32>,
    /// Only before the launch.
    overlap: Option<u8>,
    review_levels: Option<u8>,
    priority: Option<i64>,
    /// Seconds that a judgement takes.
    seconds: Option<f64>,
    review_seconds: Option<f64>,
    /// Share of the judgements that a review sends back, once: 0 to 0.9.
    sent_back: Option<f64>,
    /// Of a person's tasks, how many in a hundred are gold: 0 to 50; as the gold batches under way say when it is left
    /// out.
    gold_rate: Option<u8>,
}

/// A rehearsal. Times are seconds of work from now on, without nights and pauses.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rehearsal {
    assumed: Assumed,
    outcome: RehearsedBatch,
    /// Everybody who may take part, in the order of the members.
    people: Vec<RehearsedPerson>,
    /// The other batches under way, in the queue's order.
    others: Vec<RehearsedOther>,
    /// How many of them go before it.
    before: u64,
    /// Tasks that each rehearsed one stands for: 1, or more for a very large batch, which makes the times coarser.
    scale: u64,
    warnings: Vec<RehearsalWarning>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Assumed {
    annotators: u64,
    reviewers: u64,
    /// Of them those who are in the project and get tasks.
    eligible_annotators: u64,
    eligible_reviewers: u64,
    overlap: u8,
    review_levels: u8,
    priority: i64,
    seconds: f64,
    seconds_from: AssumedFrom,
    review_seconds: f64,
    review_seconds_from: AssumedFrom,
    sent_back: f64,
    sent_back_from: AssumedFrom,
    /// Of a person's tasks, how many in a hundred are gold.
    gold_rate: u8,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AssumedFrom {
    Given,
    /// Measured in this project.
    History,
    Guess,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RehearsedBatch {
    /// When its first task is begun; `null`: never.
    begins: Option<f64>,
    /// When the last judgement is in.
    labelled: f64,
    /// When the last task is done.
    ends: f64,
    /// Tasks that are never done.
    stuck: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RehearsedPerson {
    /// `null`: somebody who is not there yet.
    person: Option<Ref>,
    labels: u64,
    reviews: u64,
    /// Gold tasks that are to come among theirs, and those that they have not had yet.
    gold: u64,
    gold_left: u64,
    busy_seconds: f64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RehearsedOther {
    batch: Ref,
    with: RehearsedBatch,
    /// If the batch were not launched.
    without: RehearsedBatch,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct RehearsalWarning {
    /// `overlap_exceeds_people`, `no_reviewers`, `starves`, ...
    code: String,
    message: String,
    /// What to do about it.
    hint: String,
}

impl From<rehearse::From> for AssumedFrom {
    fn from(from: rehearse::From) -> Self {
        match from {
            rehearse::From::Given => Self::Given,
            rehearse::From::History => Self::History,
            rehearse::From::Guess => Self::Guess,
        }
    }
}

impl From<Outcome> for RehearsedBatch {
    fn from(it: Outcome) -> Self {
        Self { begins: it.begins, labelled: it.labelled, ends: it.ends, stuck: it.stuck }
    }
}

impl From<rehearse::Rehearsal> for Rehearsal {
    fn from(it: rehearse::Rehearsal) -> Self {
        let assumed = it.assumed;
        Self {
            assumed: Assumed {
                annotators: assumed.annotators as u64,
                reviewers: assumed.reviewers as u64,
                eligible_annotators: assumed.eligible_annotators as u64,
                eligible_reviewers: assumed.eligible_reviewers as u64,
                overlap: assumed.rules.overlap,
                review_levels: assumed.rules.review_levels,
                priority: assumed.priority,
                seconds: assumed.seconds.0,
                seconds_from: assumed.seconds.1.into(),
                review_seconds: assumed.review_seconds.0,
                review_seconds_from: assumed.review_seconds.1.into(),
                sent_back: assumed.sent_back.0,
                sent_back_from: assumed.sent_back.1.into(),
                gold_rate: assumed.gold_rate,
            },
            outcome: it.outcome.into(),
            people: it
                .people
                .into_iter()
                .map(|it| RehearsedPerson {
                    person: it.person.map(Ref::from),
                    labels: it.did.labels,
                    reviews: it.did.reviews,
                    gold: it.gold,
                    gold_left: it.gold_left,
                    busy_seconds: it.did.busy,
                })
                .collect(),
            others: it
                .others
                .into_iter()
                .map(|(id, name, with, without)| RehearsedOther {
                    batch: Ref { id: id.to_string(), name },
                    with: with.into(),
                    without: without.into(),
                })
                .collect(),
            before: it.before as u64,
            scale: it.scale,
            warnings: it
                .warnings
                .into_iter()
                .map(|it| RehearsalWarning {
                    code: it.code.into(),
                    message: it.message,
                    hint: it.hint.into(),
                })
                .collect(),
        }
    }
}

/// Rehearse a batch: how long it would take, who would have nothing to do, what would go wrong. For managers.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/batches/{batch}/rehearse",
    responses((status = 200, body = Rehearsal))
)]
pub(crate) async fn rehearse_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<RehearseRequest>,
) -> Result<axum::Json<Rehearsal>> {
    let assume = Assume {
        annotators: body.annotators,
        reviewers: body.reviewers,
        overlap: body.overlap,
        review_levels: body.review_levels,
        priority: body.priority,
        seconds: body.seconds,
        review_seconds: body.review_seconds,
        sent_back: body.sent_back,
        gold_rate: body.gold_rate,
    };
    Ok(axum::Json(rehearse::rehearse(&app, &me.actor, project, batch, assume).await?.into()))
}
