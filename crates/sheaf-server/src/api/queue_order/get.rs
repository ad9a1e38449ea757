//! `GET /api/projects/{project}/queue-order`: the batches in the order of the queue.

use axum::Json;
use axum::extract::State;
use sheaf_app::App;
use sheaf_app::queue::order;
use sheaf_model::ProjectId;

use super::QueueOrder;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// The batches that have not ended, in the order in which they are served, and why. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/queue-order", responses((status = 200, body = QueueOrder)))]
pub(crate) async fn get_queue_order(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<Json<QueueOrder>> {
    Ok(Json(order::get(&app, &me.actor, project).await?.into()))
}
