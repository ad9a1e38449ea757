//! `DELETE /api/projects/{project}/saved-queries/{saved_query}`: forgetting a saved query.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, saved_queries};
use sheaf_model::{ProjectId, SavedQueryId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Delete a saved query. For its owner; a shared one also for managers.
#[utoipa::path(delete, path = "/api/projects/{project}/saved-queries/{saved_query}", responses((status = 204)))]
pub(crate) async fn delete_saved_query(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, SavedQueryId)>,
) -> Result<StatusCode> {
    saved_queries::delete(&app, &me.actor, project, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
