//! `GET /api/projects/{project}/batches/{batch}/progress`: counts, pace, the last hours, who does what.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::{App, insights};
use sheaf_model::{BatchId, ProjectId};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{BatchProgress, HourWork, PersonWork};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProgressQuery {
    /// Hours to look back: 1 to 720, 24 when it is left out.
    hours: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct BatchProgressDetail {
    batch: BatchProgress,
    /// Oldest first, the current one last; also those in which nothing came in.
    hours: Vec<HourWork>,
    /// From the beginning on, most first.
    people: Vec<PersonWork>,
}

/// How far a batch is, how fast it goes, and who does what. For managers and reviewers.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/batches/{batch}/progress",
    params(ProgressQuery),
    responses((status = 200, body = BatchProgressDetail))
)]
pub(crate) async fn get_progress(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Query(query): Query<ProgressQuery>,
) -> Result<Json<BatchProgressDetail>> {
    let it = insights::batch(&app, &me.actor, project, batch, query.hours.unwrap_or(24)).await?;
    Ok(Json(BatchProgressDetail {
        batch: it.batch.into(),
        hours: it.hours.into_iter().map(HourWork::from).collect(),
        people: it.people.into_iter().map(PersonWork::from).collect(),
    }))
}
