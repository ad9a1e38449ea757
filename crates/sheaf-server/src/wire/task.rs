//! Tasks of the queue.

use serde::Serialize;
use serde_json::value::RawValue;
use sheaf_app::queue::TaskView;
use sheaf_app::queue::task::{Answer, Reviewed};
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{BatchId, LeaseId, Millis, ProjectId, ReviewId, SubmissionId, TaskId};
use utoipa::ToSchema;

use super::{Agreement, Asset, BatchKind, Media, Ref, Response, TaskPrelabel, Time};

/// What an annotator gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    #[schema(value_type = String)]
    pub task_id: TaskId,
    /// Shown with every write on the task.
    #[schema(value_type = String)]
    pub lease_id: LeaseId,
    #[schema(value_type = i64)]
    pub lease_remaining_ms: Millis,
    /// How often to give a sign of life.
    #[schema(value_type = i64)]
    pub heartbeat_ms: Millis,
    pub project: TaskProject,
    pub batch: TaskBatch,
    pub asset: Asset,
    pub taxonomy_version: i64,
    /// What this person had saved.
    pub draft: Option<Draft>,
    /// To be labelled: what the batch's source of pre-labels says of the asset.
    pub prelabel: Option<TaskPrelabel>,
    pub stage: TaskStage,
    /// Of a review: 1 is the first. 0 of a task to be labelled.
    pub level: u8,
    /// Reviews that a task of the batch needs.
    pub review_levels: u8,
    /// Above 1 when a review sent it back.
    pub round: i64,
    /// To be reviewed: the answers that stand. Sent back: the caller's own last one. Else none.
    pub answers: Vec<TaskAnswer>,
    /// What reviewers said of the task so far, oldest first. Only where `answers` is not empty.
    pub reviews: Vec<TaskReview>,
    /// Why a manager had it done once more, when that is why it came back.
    pub reopened: Option<String>,
    /// To be reviewed, of several annotators: how far their answers agree, and what they say together.
    pub agreement: Option<Agreement>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStage {
    Label,
    Review,
}

/// An answer of a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskAnswer {
    #[schema(value_type = String)]
    pub submission_id: SubmissionId,
    /// Which of the task's judgements it is: what a rejection names.
    pub slot: u8,
    pub by: Option<Ref>,
    pub at: Time,
    pub seconds: Option<f64>,
    #[schema(value_type = Response)]
    pub response: Box<RawValue>,
    pub taxonomy_version: i64,
}

/// What a reviewer said.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskReview {
    #[schema(value_type = String)]
    pub review_id: ReviewId,
    pub level: u8,
    pub verdict: Verdict,
    pub note: String,
    /// Judgements that were sent back; none: all of them.
    pub slots: Vec<u8>,
    pub by: Option<Ref>,
    pub at: Time,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accepted,
    /// Accepted with an answer of the reviewer's own.
    Fixed,
    /// Sent back.
    Rejected,
}

impl From<sheaf_model::Verdict> for Verdict {
    fn from(verdict: sheaf_model::Verdict) -> Self {
        match verdict {
            sheaf_model::Verdict::Accepted => Self::Accepted,
            sheaf_model::Verdict::Fixed => Self::Fixed,
            sheaf_model::Verdict::Rejected => Self::Rejected,
        }
    }
}

fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

impl From<Answer> for TaskAnswer {
    fn from(answer: Answer) -> Self {
        let row = answer.row;
        Self {
            submission_id: row.id,
            slot: row.key.n,
            by: answer.by.map(Ref::from),
            at: row.at.into(),
            seconds: row.seconds,
            response: raw(row.response),
            taxonomy_version: row.taxonomy_version,
        }
    }
}

impl From<Reviewed> for TaskReview {
    fn from(reviewed: Reviewed) -> Self {
        let row = reviewed.row;
        Self {
            review_id: row.id,
            level: row.level,
            verdict: row.verdict.into(),
            note: row.note,
            slots: row.slots.into_iter().collect(),
            by: reviewed.by.map(Ref::from),
            at: row.at.into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TaskProject {
    #[schema(value_type = String)]
    pub id: ProjectId,
    pub name: String,
    pub media: Media,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TaskBatch {
    #[schema(value_type = String)]
    pub id: BatchId,
    pub name: String,
    pub kind: BatchKind,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    #[schema(value_type = Response)]
    pub response: Box<RawValue>,
    /// The client's number of it.
    pub seq: i64,
    pub saved_at: Time,
}

impl From<TaskView> for Task {
    fn from(view: TaskView) -> Self {
        let (id, name, media) = view.project;
        let (batch, batch_name, kind) = view.batch;
        Self {
            task_id: view.task,
            lease_id: view.lease,
            lease_remaining_ms: view.lease_remaining_ms,
            heartbeat_ms: view.heartbeat_ms,
            project: TaskProject { id, name, media: media.into() },
            batch: TaskBatch { id: batch, name: batch_name, kind: kind.into() },
            asset: view.asset.into(),
            taxonomy_version: view.taxonomy_version,
            stage: if view.lease.stage == STAGE_LABEL { TaskStage::Label } else { TaskStage::Review },
            level: view.lease.stage,
            review_levels: view.rules.review_levels,
            round: view.round,
            answers: view.answers.into_iter().map(TaskAnswer::from).collect(),
            agreement: view.agreement.map(Agreement::from),
            reviews: view.reviews.into_iter().map(TaskReview::from).collect(),
            reopened: view.reopened,
            prelabel: view.prelabel.map(TaskPrelabel::from),
            draft: view.draft.and_then(|draft| {
                let response = RawValue::from_string(draft.response).ok()?;
                Some(Draft { response, seq: draft.seq, saved_at: draft.saved.into() })
            }),
        }
    }
}
