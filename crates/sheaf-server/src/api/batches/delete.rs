//! `DELETE /api/projects/{project}/batches/{batch}`: away with a batch in staging.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::App;
use sheaf_app::batches::edit;
use sheaf_model::{BatchId, ProjectId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Delete a batch that was never launched; its assets stay in the library. For managers.
#[utoipa::path(delete, path = "/api/projects/{project}/batches/{batch}", responses((status = 204)))]
pub(crate) async fn delete_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<StatusCode> {
    edit::delete(&app, &me.actor, project, batch).await?;
    Ok(StatusCode::NO_CONTENT)
}
