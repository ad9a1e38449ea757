//! Progress: what was handed in by the hour, and who does what.

use serde::Serialize;
use sheaf_app::batches::{BatchRow, BatchView};
use sheaf_app::insights;
use sheaf_model::{BatchId, UserId};
use utoipa::ToSchema;

use super::{BatchCounts, BatchPace, BatchState, Time};

/// Where a batch stands and how fast it goes.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchProgress {
    #[schema(value_type = String)]
    pub id: BatchId,
    pub name: String,
    pub state: BatchState,
    pub overlap: u8,
    pub review_levels: u8,
    pub counts: BatchCounts,
    pub pace: BatchPace,
    pub launched_at: Option<Time>,
    pub ended_at: Option<Time>,
}

impl From<BatchView> for BatchProgress {
    fn from(view: BatchView) -> Self {
        let row: BatchRow = view.row;
        Self {
            id: row.id,
            state: row.state.into(),
            overlap: row.rules.overlap,
            review_levels: row.rules.review_levels,
            counts: BatchCounts::of(&row),
            pace: view.pace.into(),
            launched_at: row.launched.map(Time),
            ended_at: row.ended.map(Time),
            name: row.name,
        }
    }
}

/// What was handed in in one hour.
#[derive(Debug, Serialize, ToSchema)]
pub struct HourWork {
    /// When the hour began.
    pub at: Time,
    /// Answers; a change of one does not count.
    pub labels: i64,
    /// Verdicts of reviewers.
    pub reviews: i64,
    /// Of these answers, those that were sent back since.
    pub sent_back: i64,
}

impl From<insights::HourWork> for HourWork {
    fn from(hour: insights::HourWork) -> Self {
        let work = hour.work;
        Self { at: hour.at.into(), labels: work.labels, reviews: work.reviews, sent_back: work.sent_back }
    }
}

/// What somebody did, and what they hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonWork {
    #[schema(value_type = String)]
    pub id: UserId,
    pub name: String,
    /// Answers that they handed in.
    pub labels: i64,
    /// Of these, those that were sent back since, by a review or by a manager who reopened the task.
    pub sent_back: i64,
    /// Verdicts that they gave as a reviewer.
    pub reviews: i64,
    /// Of these, those that sent something back.
    pub rejections: i64,
    /// Judgements and reviews in their hands.
    pub labelling: i64,
    pub reviewing: i64,
    /// Of those, the ones whose lease ran out.
    pub overdue: i64,
    /// Mean time of an answer, as the browser measured it.
    pub mean_seconds: Option<f64>,
    /// Median of their last 50 answers.
    pub median_seconds: Option<f64>,
    /// Since when they are handed nothing new.
    pub paused_at: Option<Time>,
}

impl From<insights::PersonInsights> for PersonWork {
    fn from(it: insights::PersonInsights) -> Self {
        let work = it.total;
        Self {
            id: it.person.id,
            name: it.person.name,
            labels: work.labels,
            sent_back: work.sent_back,
            reviews: work.reviews,
            rejections: work.rejections,
            labelling: it.labelling,
            reviewing: it.reviewing,
            overdue: it.overdue,
            mean_seconds: work.mean_seconds(),
            median_seconds: it.median_seconds,
            paused_at: it.paused.map(Time),
        }
    }
}
