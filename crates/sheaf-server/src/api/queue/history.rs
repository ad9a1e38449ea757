//! `GET /api/queue/history`: what the caller has handed in.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sheaf_app::App;
use sheaf_app::queue::history;
use sheaf_model::{ProjectId, SubmissionId, TaskId};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::Query;
use crate::wire::{Asset, PageQuery, Ref, Response, TaskProject, TaskReview, Time};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Only of this project.
    #[param(value_type = Option<String>)]
    project_id: Option<ProjectId>,
    /// Answers on a page: 1 to 100, 50 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryPage {
    items: Vec<HistoryItem>,
    next_cursor: Option<String>,
    total: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    #[schema(value_type = String)]
    submission_id: SubmissionId,
    #[schema(value_type = String)]
    task_id: TaskId,
    project: TaskProject,
    asset: Asset,
    batch: Ref,
    at: Time,
    seconds: Option<f64>,
    #[schema(value_type = Response)]
    response: Box<RawValue>,
    taxonomy_version: i64,
    /// Whether it stands and may still be changed: no review of it has begun.
    amendable: bool,
    /// What reviewers said of the task, oldest first.
    reviews: Vec<TaskReview>,
}

/// The caller's answers in a project, or in all of theirs, newest first.
#[utoipa::path(get, path = "/api/queue/history", params(HistoryQuery), responses((status = 200, body = HistoryPage)))]
pub(crate) async fn list_history(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<HistoryPage>> {
    let limit = PageQuery::new(query.limit, None).limit()?.min(history::PAGE_MAX);
    let before = query.cursor.as_deref().map(read_cursor).transpose()?;
    let (handed, total) = history::history(&app, &me.actor, query.project_id, before, limit).await?;
    let last = handed.last().filter(|_| handed.len() == limit as usize);
    let next_cursor = last.map(|it| write_cursor((it.row.at, it.row.id)));
    let items = handed.into_iter().map(|it| HistoryItem {
        submission_id: it.row.id,
        task_id: it.row.key.task,
        project: TaskProject { id: it.project.0, name: it.project.1, media: it.project.2.into() },
        asset: it.asset.into(),
        batch: Ref { id: it.batch.0.to_string(), name: it.batch.1 },
        at: it.row.at.into(),
        seconds: it.row.seconds,
        response: RawValue::from_string(it.row.response).unwrap_or_else(|_| RawValue::NULL.to_owned()),
        taxonomy_version: it.row.taxonomy_version,
        amendable: it.amendable,
        reviews: it.reviews.into_iter().map(TaskReview::from).collect(),
    });
    Ok(Json(HistoryPage { items: items.collect(), next_cursor, total: total.unsigned_abs() }))
}

fn write_cursor((at, id): history::Before) -> String {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&at.to_be_bytes());
    bytes[8..].copy_from_slice(&id.0);
    sheaf_model::id::encode(&bytes)
}

fn read_cursor(text: &str) -> Result<history::Before> {
    let bytes = sheaf_model::id::decode::<24>(text)
        .ok_or_else(|| ApiError::invalid("cursor", "is not one that this server gave out"))?;
    let (mut at, mut id) = ([0; 8], [0; 16]);
    at.copy_from_slice(&bytes[..8]);
    id.copy_from_slice(&bytes[8..]);
    Ok((i64::from_be_bytes(at), SubmissionId(id)))
}
