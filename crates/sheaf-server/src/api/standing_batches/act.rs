//! `POST /api/projects/{project}/standing-batches/{standing_batch}/<action>`: pausing, going on, a run by hand. They are
//! one endpoint with several names, so they share this file.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, standing_batches};
use sheaf_model::{ProjectId, StandingBatchId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::StandingBatch;

/// Make no more batches until it is resumed. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/standing-batches/{standing_batch}/pause", responses((status = 200, body = StandingBatch)))]
pub(crate) async fn pause_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
) -> Result<Json<StandingBatch>> {
    Ok(Json(standing_batches::pause(&app, &me.actor, project, id).await?.into()))
}

/// Go on with the next due time. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/standing-batches/{standing_batch}/resume", responses((status = 200, body = StandingBatch)))]
pub(crate) async fn resume_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
) -> Result<Json<StandingBatch>> {
    Ok(Json(standing_batches::resume(&app, &me.actor, project, id).await?.into()))
}

/// Run it at this moment, paused or not; `last_run` says what came of it. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/standing-batches/{standing_batch}/run", responses((status = 200, body = StandingBatch)))]
pub(crate) async fn run_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
) -> Result<Json<StandingBatch>> {
    Ok(Json(standing_batches::run_by_hand(&app, &me.actor, project, id).await?.into()))
}
