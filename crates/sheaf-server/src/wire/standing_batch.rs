//! Standing batches and their history.

use serde::Serialize;
use sheaf_app::standing_batches::{StandingBatchView, StandingRunRow};
use sheaf_model::{CatchUp as Policy, RunCause as Cause, RunOutcome as Outcome, StandingBatchId};
use utoipa::ToSchema;

use super::pick::Pick;
use super::{BatchKind, BatchOpenTo, Exclude, Ref, TaskOrder, Time};

/// When a batch is made.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    Matches(Matches),
    Daily(Daily),
}

/// Every day at a time.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub struct Daily {
    #[schema(examples("06:00"))]
    at: String,
    /// Minutes east of Greenwich, -720 to 840; 0 when it is left out.
    utc_offset_minutes: Option<i32>,
}

/// At every so many new matches.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub struct Matches {
    every: u64,
}

/// What is done about due times that passed while nothing ran: a batch for each, one for all, or none.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    Each,
    Once,
    Skip,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandingState {
    Active,
    Paused,
}

/// A recipe that makes batches by itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingBatch {
    #[schema(value_type = String)]
    pub id: StandingBatchId,
    pub name: String,
    /// Empty: the whole library.
    pub query: String,
    pub exclude: Exclude,
    #[schema(value_type = Pick)]
    pub pick: sheaf_model::Pick,
    #[schema(value_type = Trigger)]
    pub trigger: sheaf_model::Trigger,
    /// Name of each batch: `{date}`, `{time}` and `{n}` are filled in.
    pub name_pattern: String,
    pub kind: BatchKind,
    pub priority: i64,
    /// Judgements that each task of its batches needs.
    pub overlap: u8,
    /// Reviews after each other that each of them needs.
    pub review_levels: u8,
    /// Whom its batches are open to.
    pub open_to: BatchOpenTo,
    #[schema(value_type = TaskOrder)]
    pub order: sheaf_model::TaskOrder,
    /// Hours after which a batch is due, from when it is made; `null`: at no time.
    pub due_hours: Option<u32>,
    /// The source whose pre-labels the annotators of its batches begin with.
    pub prelabels: Option<String>,
    /// Whether each batch is launched at once.
    pub launch: bool,
    #[schema(value_type = CatchUp)]
    pub catch_up: Policy,
    pub state: StandingState,
    /// When a daily one is due next; `null` while it is paused.
    pub next_run_at: Option<Time>,
    /// New matches, of one that waits for them; `null` also when its query has an error.
    pub waiting: Option<u64>,
    pub last_run: Option<StandingRun>,
    /// How many runs there were.
    pub runs: i64,
    pub created_at: Time,
    pub created_by: Option<Ref>,
}

impl From<StandingBatchView> for StandingBatch {
    fn from(view: StandingBatchView) -> Self {
        let (row, last_run) = (view.row, view.last_run.map(StandingRun::from));
        let plan = row.plan;
        Self {
            id: row.id,
            name: row.name,
            query: plan.query,
            exclude: Exclude { batched: plan.exclude.batched },
            pick: plan.pick,
            trigger: plan.trigger,
            name_pattern: plan.name_pattern,
            kind: plan.kind.into(),
            priority: plan.priority,
            overlap: plan.rules.overlap,
            review_levels: plan.rules.review_levels,
            open_to: view.open_to.into(),
            order: plan.order,
            due_hours: plan.due_hours,
            prelabels: plan.prelabels,
            launch: plan.launch,
            catch_up: plan.catch_up,
            state: if row.paused { StandingState::Paused } else { StandingState::Active },
            next_run_at: row.next_due.map(Time::from),
            waiting: view.waiting,
            last_run,
            runs: row.n_runs,
            created_at: row.created.into(),
            created_by: view.created_by.map(Ref::from),
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunCause {
    /// The time of day had come.
    Time,
    /// Enough new matches were there.
    Matches,
    /// A person asked for it.
    Hand,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    Made,
    /// Nothing was there to pick.
    Empty,
    /// `message` says why; it is tried again at the next due time.
    Failed,
    /// Its time passed while nothing ran, and it was not to be made up for.
    Skipped,
}

/// What came of a run.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingRun {
    /// 1 for the first.
    pub n: i64,
    pub cause: RunCause,
    /// The time that it was for.
    pub due_at: Time,
    /// When it was carried out.
    pub ran_at: Time,
    pub outcome: RunOutcome,
    /// `null` also when the batch was deleted.
    pub batch: Option<Ref>,
    pub members: i64,
    pub message: Option<String>,
}

impl From<StandingRunRow> for StandingRun {
    fn from(row: StandingRunRow) -> Self {
        Self {
            n: row.n,
            cause: match row.cause {
                Cause::Time => RunCause::Time,
                Cause::Matches => RunCause::Matches,
                Cause::Hand => RunCause::Hand,
            },
            due_at: row.due.into(),
            ran_at: row.ran.into(),
            outcome: match row.outcome {
                Outcome::Made => RunOutcome::Made,
                Outcome::Empty => RunOutcome::Empty,
                Outcome::Failed => RunOutcome::Failed,
                Outcome::Skipped => RunOutcome::Skipped,
            },
            batch: row.batch.zip(row.batch_name).map(|(id, name)| Ref { id: id.to_string(), name }),
            members: row.members,
            message: row.message,
        }
    }
}
