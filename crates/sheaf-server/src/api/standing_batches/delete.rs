//! `DELETE /api/projects/{project}/standing-batches/{standing_batch}`: away with a standing batch.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, standing_batches};
use sheaf_model::{ProjectId, StandingBatchId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Delete a standing batch and its history; the batches that it made stay. For managers.
#[utoipa::path(delete, path = "/api/projects/{project}/standing-batches/{standing_batch}", responses((status = 204)))]
pub(crate) async fn delete_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
) -> Result<StatusCode> {
    standing_batches::delete(&app, &me.actor, project, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
