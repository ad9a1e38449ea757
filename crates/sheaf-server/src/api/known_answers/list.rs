//! `GET /api/projects/{project}/batches/{batch}/known-answers`: what is known, and how people did on it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use sheaf_app::App;
use sheaf_app::quality::known::{self, KnownAnswer as Known};
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Asset, PageQuery, Response, cursor};

#[derive(Serialize, ToSchema)]
pub(crate) struct KnownAnswers {
    items: Vec<KnownAnswer>,
    next_cursor: Option<String>,
    /// Known answers on all pages.
    total: u64,
    /// Tasks of the batch without one.
    missing: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct KnownAnswer {
    asset: Asset,
    #[schema(value_type = Response)]
    response: Value,
    /// Told with the answer after a training task.
    note: String,
    /// People who handed the task in.
    n_people: u64,
    /// Mean agreement of them with the known answer, 0 to 1.
    mean_score: Option<f64>,
}

impl From<Known> for KnownAnswer {
    fn from(known: Known) -> Self {
        Self {
            asset: known.asset.into(),
            response: serde_json::to_value(&known.response).unwrap_or_default(),
            note: known.note,
            n_people: known.n.unsigned_abs(),
            mean_score: known.mean.map(sheaf_model::agreement::share),
        }
    }
}

/// The known answers of a gold or training batch, in upload order. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/batches/{batch}/known-answers", params(PageQuery),
    responses((status = 200, body = KnownAnswers)))]
pub(crate) async fn list_known_answers(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Query(query): Query<PageQuery>,
) -> Result<Json<KnownAnswers>> {
    let from = u32::try_from(query.after()?.unwrap_or(0)).unwrap_or(u32::MAX);
    let page = known::list(&app, &me.actor, project, batch, from, query.limit()?).await?;
    Ok(Json(KnownAnswers {
        items: page.items.into_iter().map(KnownAnswer::from).collect(),
        next_cursor: page.next.map(|ordinal| cursor(i64::from(ordinal))),
        total: page.total.unsigned_abs(),
        missing: page.missing.max(0).unsigned_abs(),
    }))
}
