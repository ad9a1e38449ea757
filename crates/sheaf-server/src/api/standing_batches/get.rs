//! `GET /api/projects/{project}/standing-batches/{standing_batch}`: one standing batch.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, standing_batches};
use sheaf_model::{ProjectId, StandingBatchId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::StandingBatch;

/// One standing batch. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/standing-batches/{standing_batch}", responses((status = 200, body = StandingBatch)))]
pub(crate) async fn get_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
) -> Result<Json<StandingBatch>> {
    Ok(Json(standing_batches::get(&app, &me.actor, project, id).await?.into()))
}
