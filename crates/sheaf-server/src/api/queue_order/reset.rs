//! `DELETE /api/projects/{project}/queue-order`: back to the recommended order.

use axum::Json;
use axum::extract::State;
use sheaf_app::App;
use sheaf_app::queue::order;
use sheaf_model::ProjectId;

use super::QueueOrder;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Take back what was ordered by hand: kind, then priority, then older first. For managers.
#[utoipa::path(delete, path = "/api/projects/{project}/queue-order", responses((status = 200, body = QueueOrder)))]
pub(crate) async fn reset_queue_order(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<Json<QueueOrder>> {
    Ok(Json(order::reset(&app, &me.actor, project).await?.into()))
}
