//! `GET /api/projects/{project}/batches/{batch}/tasks`: the touched tasks of a batch by where they stand.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::batches::tasks::{self, Asked, Place, Standing};
use sheaf_model::{BatchId, ProjectId, TaskId, UserId};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, Query};
use crate::wire::{Asset, PageQuery, Ref, Time};

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskStanding {
    /// In somebody's hands, what has been due for longest first.
    Held,
    /// Too many people passed on it.
    Blocked,
    /// A judgement that came back or that more people are wanted for, free for anybody.
    Open,
    /// A review that is free for anybody.
    ToReview,
    /// Kept for somebody for a while.
    Kept,
    Done,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TasksQuery {
    #[param(inline)]
    standing: TaskStanding,
    /// Only what this person holds; with `standing=held`.
    #[param(value_type = Option<String>)]
    holder: Option<UserId>,
    /// Tasks on a page: 1 to 100, 50 when it is left out. A page of finished tasks may be shorter than that and not be the last.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct BatchTaskPage {
    items: Vec<BatchTask>,
    next_cursor: Option<String>,
    /// How many there are on all pages; `null` when that is not counted.
    total: Option<i64>,
}

/// A judgement or a review of a task; a whole task when it is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchTask {
    #[schema(value_type = String)]
    task_id: TaskId,
    asset: Asset,
    /// 0: a judgement; 1 and more: the review of that level. `null` of a task that is done.
    level: Option<u8>,
    /// Which of the judgements.
    slot: Option<u8>,
    /// Above 1 when it was sent back or reopened.
    round: i64,
    /// Who holds it; of a task that is done, its authors and reviewers.
    people: Vec<Ref>,
    held_since: Option<Time>,
    /// Negative when it is overdue: whoever claims next may get it.
    lease_remaining_ms: Option<i64>,
    kept_for: Option<Ref>,
    kept_until: Option<Time>,
    /// Who passed on it.
    skips: Vec<BatchTaskSkip>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct BatchTaskSkip {
    by: Option<Ref>,
    reason: String,
    at: Time,
}

/// The tasks of a batch that somebody has touched, by where they stand. For managers.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/batches/{batch}/tasks",
    params(TasksQuery),
    responses((status = 200, body = BatchTaskPage))
)]
pub(crate) async fn list_tasks(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Query(query): Query<TasksQuery>,
) -> Result<Json<BatchTaskPage>> {
    let standing = match query.standing {
        TaskStanding::Held => Standing::Held,
        TaskStanding::Blocked => Standing::Blocked,
        TaskStanding::Open => Standing::Open,
        TaskStanding::ToReview => Standing::ToReview,
        TaskStanding::Kept => Standing::Kept,
        TaskStanding::Done => Standing::Done,
    };
    let limit = PageQuery::new(query.limit, None).limit()?.min(tasks::PAGE_MAX);
    let after = query.cursor.as_deref().filter(|text| !text.is_empty()).map(read_cursor).transpose()?;
    let asked = Asked { standing, holder: query.holder, after, limit };
    let found = tasks::list(&app, &me.actor, project, batch, asked).await?;
    Ok(Json(BatchTaskPage {
        items: found.items.into_iter().map(BatchTask::from).collect(),
        next_cursor: found.next.map(write_cursor),
        total: found.total,
    }))
}

impl From<tasks::TaskRow> for BatchTask {
    fn from(row: tasks::TaskRow) -> Self {
        let (kept_for, kept_until) = row.kept_for.map(|(whom, until)| (Ref::from(whom), Time(until))).unzip();
        Self {
            task_id: row.task,
            asset: row.asset.into(),
            level: row.place.map(|place| place.stage),
            slot: row.place.map(|place| place.n),
            round: row.round,
            people: row.people.into_iter().map(Ref::from).collect(),
            held_since: row.held_since.map(Time),
            lease_remaining_ms: row.lease_remaining_ms,
            kept_for,
            kept_until,
            skips: row
                .skips
                .into_iter()
                .map(|skip| BatchTaskSkip {
                    by: skip.by.map(Ref::from),
                    reason: skip.reason,
                    at: skip.at.into(),
                })
                .collect(),
        }
    }
}

fn write_cursor(place: Place) -> String {
    let mut bytes = [0; 32];
    for (to, number) in bytes.chunks_exact_mut(8).zip(place) {
        to.copy_from_slice(&number.to_be_bytes());
    }
    sheaf_model::id::encode(&bytes)
}

fn read_cursor(text: &str) -> Result<Place> {
    let bytes = sheaf_model::id::decode::<32>(text)
        .ok_or_else(|| ApiError::invalid("cursor", "is not one that this server gave out"))?;
    let mut place = [0; 4];
    for (number, from) in place.iter_mut().zip(bytes.chunks_exact(8)) {
        let mut eight = [0; 8];
        eight.copy_from_slice(from);
        *number = i64::from_be_bytes(eight);
    }
    Ok(place)
}
