//! Batches and their recipes.

use serde::{Deserialize, Serialize};
use sheaf_app::batches::pace::{Missing, Pace};
use sheaf_app::batches::{BatchRow, BatchView, StoredRecipe};
use sheaf_model::{BatchId, BatchKind as Kind, BatchState as State, ExcludeScope as Scope};
use utoipa::ToSchema;

use super::pick::{Part, Pick, QuotaFit};
use super::serving::{BatchOpenTo, BatchWarning, TaskOrder};
use super::{Ref, Time};

/// How a batch is chosen.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// None, and no `assets`: the whole library.
    #[serde(default)]
    pub query: Option<String>,
    /// Ids of assets; with a query those of them that match.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub assets: Option<Vec<sheaf_model::AssetId>>,
    #[serde(default)]
    pub exclude: Option<Exclude>,
    #[serde(default)]
    #[schema(value_type = Option<Pick>)]
    pub pick: Option<sheaf_model::Pick>,
    /// Applied after the pick.
    #[serde(default)]
    #[schema(value_type = Option<Part>)]
    pub part: Option<sheaf_model::Part>,
}

/// What to leave out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclude {
    #[schema(value_type = ExcludeBatched)]
    pub batched: Scope,
}

/// Which earlier batches count: a scope, or names of batches.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub enum ExcludeBatched {
    Scope(ExcludeScope),
    Names(Vec<String>),
}

#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the shape in the document")]
pub enum ExcludeScope {
    None,
    /// Any batch that was not cancelled before it was launched.
    Any,
    Launched,
    Production,
    /// What has an answer.
    Submitted,
}

impl From<Recipe> for sheaf_model::Recipe {
    fn from(wire: Recipe) -> Self {
        Self {
            query: wire.query,
            assets: wire.assets,
            exclude: wire.exclude.map(|it| sheaf_model::Exclude { batched: it.batched }).unwrap_or_default(),
            pick: wire.pick.unwrap_or_default(),
            part: wire.part,
        }
    }
}

/// A recipe as it is kept with its batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchRecipe {
    pub query: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    pub assets: Option<Vec<sheaf_model::AssetId>>,
    pub exclude: Exclude,
    #[schema(value_type = Pick)]
    pub pick: sheaf_model::Pick,
    /// Which part of what was picked, when the batch comes of a split.
    #[schema(value_type = Option<Part>)]
    pub part: Option<sheaf_model::Part>,
    /// Of a random pick or a quota.
    pub seed: Option<u64>,
    /// The first ordinal that the library did not have.
    pub high_water: u32,
    pub library_revision: i64,
    /// The recipe as a sentence.
    pub text: String,
    /// How many more were asked for than there were.
    pub short_by: u64,
    /// Of a quota.
    #[schema(value_type = Option<Vec<QuotaFit>>)]
    pub fit: Option<Vec<sheaf_model::QuotaFit>>,
}

impl From<StoredRecipe> for BatchRecipe {
    fn from(stored: StoredRecipe) -> Self {
        Self {
            seed: stored.recipe.pick.seed(),
            query: stored.recipe.query,
            assets: stored.recipe.assets,
            exclude: Exclude { batched: stored.recipe.exclude.batched },
            pick: stored.recipe.pick,
            part: stored.recipe.part,
            high_water: stored.high_water,
            library_revision: stored.library_revision,
            text: stored.text,
            short_by: stored.short_by,
            fit: stored.fit,
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchKind {
    Production,
    /// Served before production, for trying out the instructions.
    Calibration,
    /// Served to managers only.
    SelfLabel,
    /// Tasks with known answers, mixed in among a person's tasks and not told from them.
    Gold,
    /// Tasks with known answers, before a person's first real one.
    Training,
}

impl From<BatchKind> for Kind {
    fn from(kind: BatchKind) -> Self {
        match kind {
            BatchKind::Production => Self::Production,
            BatchKind::Calibration => Self::Calibration,
            BatchKind::SelfLabel => Self::SelfLabel,
            BatchKind::Gold => Self::Gold,
            BatchKind::Training => Self::Training,
        }
    }
}

impl From<Kind> for BatchKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Production => Self::Production,
            Kind::Calibration => Self::Calibration,
            Kind::SelfLabel => Self::SelfLabel,
            Kind::Gold => Self::Gold,
            Kind::Training => Self::Training,
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    Staging,
    InProgress,
    Paused,
    Completed,
    Cancelled,
}

impl From<State> for BatchState {
    fn from(state: State) -> Self {
        match state {
            State::Staging => Self::Staging,
            State::InProgress => Self::InProgress,
            State::Paused => Self::Paused,
            State::Completed => Self::Completed,
            State::Cancelled => Self::Cancelled,
        }
    }
}

/// Where a batch's tasks stand. A task needs as many judgements as the batch's overlap.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchCounts {
    /// Tasks.
    pub members: i64,
    /// Judgements that wait for an annotator.
    pub pending: i64,
    /// Judgements that are being made.
    pub claimed: i64,
    /// Judgements that stand.
    pub submitted: i64,
    /// Judgements and reviews that too many people passed on; a manager decides.
    pub blocked: i64,
    /// Reviews that wait for a reviewer.
    pub to_review: i64,
    /// Reviews that are being made.
    pub reviewing: i64,
    /// Tasks that are finished.
    pub done: i64,
    /// Tasks of a cancelled batch that were not finished.
    pub cancelled: i64,
}

impl BatchCounts {
    pub(crate) fn of(row: &BatchRow) -> Self {
        let cancelled = row.state == State::Cancelled;
        let counts = row.progress.counts;
        Self {
            members: row.n_members,
            pending: if cancelled { 0 } else { row.n_pending() },
            claimed: counts.leased,
            submitted: counts.submitted,
            blocked: counts.blocked,
            to_review: counts.review_open,
            reviewing: counts.review_leased,
            done: counts.done,
            cancelled: if cancelled { row.n_members - counts.done } else { 0 },
        }
    }
}

/// How fast a batch goes: measured over the last two hours, or over a day when they lack what is still to be done.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchPace {
    /// Judgements an hour.
    pub per_hour: Option<f64>,
    /// Verdicts of reviewers an hour.
    pub reviews_per_hour: Option<f64>,
    /// From when on it was measured; `null` when nothing was handed in for a day.
    pub since: Option<Time>,
    /// When everything is done at this pace.
    pub expected_end: Option<Time>,
    /// What nobody hands in although it is still to be done, so that no end is in sight.
    pub missing: Option<PaceMissing>,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaceMissing {
    Labels,
    Reviews,
}

impl From<Pace> for BatchPace {
    fn from(pace: Pace) -> Self {
        Self {
            per_hour: pace.labels,
            reviews_per_hour: pace.reviews,
            since: pace.since.map(Time),
            expected_end: pace.expected_end.map(Time),
            missing: pace.missing.map(|missing| match missing {
                Missing::Labels => PaceMissing::Labels,
                Missing::Reviews => PaceMissing::Reviews,
            }),
        }
    }
}

/// What a person did in a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchPerson {
    pub id: String,
    pub name: String,
    pub submitted: i64,
    pub claimed: i64,
    /// Mean time of an answer.
    pub mean_seconds: Option<f64>,
}

/// A set of assets to be labelled.
#[derive(Debug, Serialize, ToSchema)]
pub struct Batch {
    #[schema(value_type = String)]
    pub id: BatchId,
    pub name: String,
    pub kind: BatchKind,
    pub state: BatchState,
    pub archived: bool,
    /// It holds answers that people gave elsewhere. Its tasks are done, and nobody is offered one of them.
    pub brought_in: bool,
    /// Higher is served first.
    pub priority: i64,
    /// Judgements that each task needs; 0 when its answers were brought in: each task has as many as were given.
    pub overlap: u8,
    /// Reviews after each other that each task needs.
    pub review_levels: u8,
    pub open_to: BatchOpenTo,
    #[schema(value_type = TaskOrder)]
    pub order: sheaf_model::TaskOrder,
    pub due_at: Option<Time>,
    /// Of a gold batch: of a person's claims, how many in a hundred are of it.
    pub gold_rate: Option<u8>,
    /// The source whose pre-labels its annotators begin with.
    pub prelabels: Option<String>,
    pub revision: i64,
    pub counts: BatchCounts,
    pub created_at: Time,
    pub created_by: Option<Ref>,
    pub launched_at: Option<Time>,
    /// When it was completed or cancelled.
    pub ended_at: Option<Time>,
    pub recipe: BatchRecipe,
    pub pace: BatchPace,
    /// The standing batch that made it.
    pub standing: Option<Ref>,
    /// Of one batch; empty in lists.
    pub people: Vec<BatchPerson>,
    /// Of one batch that is served; empty in lists.
    pub warnings: Vec<BatchWarning>,
}

impl From<BatchView> for Batch {
    fn from(view: BatchView) -> Self {
        let row = view.row;
        Self {
            id: row.id,
            kind: row.kind.into(),
            state: row.state.into(),
            archived: row.archived,
            brought_in: row.brought_in,
            priority: row.priority,
            overlap: row.rules.overlap,
            review_levels: row.rules.review_levels,
            open_to: view.open_to.into(),
            order: row.order.clone(),
            due_at: row.due.map(Time::from),
            gold_rate: (row.kind == Kind::Gold).then_some(row.gold_rate),
            prelabels: row.prelabels.clone(),
            revision: row.revision,
            counts: BatchCounts::of(&row),
            created_at: row.created.into(),
            created_by: view.created_by.map(Ref::from),
            launched_at: row.launched.map(Time::from),
            ended_at: row.ended.map(Time::from),
            recipe: view.recipe.into(),
            pace: view.pace.into(),
            standing: view.standing.map(|(id, name)| Ref { id: id.to_string(), name }),
            people: view
                .people
                .into_iter()
                .map(|it| BatchPerson {
                    id: it.person.id.to_string(),
                    name: it.person.name,
                    submitted: it.submitted,
                    claimed: it.claimed,
                    mean_seconds: it.mean_seconds,
                })
                .collect(),
            warnings: view.warnings.into_iter().map(BatchWarning::from).collect(),
            name: row.name,
        }
    }
}
