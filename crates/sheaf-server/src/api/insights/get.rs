//! `GET /api/projects/{project}/insights`: the batches under way, what came in by the hour, who did it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::{App, insights};
use sheaf_model::ProjectId;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{BatchProgress, HourWork, PersonWork};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InsightsQuery {
    /// Hours to look back: 1 to 720, 24 when it is left out.
    hours: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Insights {
    /// Launched and not ended, or ended within the time; the newest first, at most 100.
    batches: Vec<BatchProgress>,
    /// Oldest first, the current one last; also those in which nothing came in.
    hours: Vec<HourWork>,
    /// Within the time, most first.
    people: Vec<PersonWork>,
}

/// What goes on in a project. For managers and reviewers.
#[utoipa::path(
    get,
    path = "/api/projects/{project}/insights",
    params(InsightsQuery),
    responses((status = 200, body = Insights))
)]
pub(crate) async fn get_insights(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<InsightsQuery>,
) -> Result<Json<Insights>> {
    let it = insights::project(&app, &me.actor, project, query.hours.unwrap_or(24)).await?;
    Ok(Json(Insights {
        batches: it.batches.into_iter().map(BatchProgress::from).collect(),
        hours: it.hours.into_iter().map(HourWork::from).collect(),
        people: it.people.into_iter().map(PersonWork::from).collect(),
    }))
}
