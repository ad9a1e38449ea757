//! `PUT /api/projects/{project}/queue-order`: the batches in an order made by hand.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::queue::order;
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use super::QueueOrder;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutQueueOrder {
    /// First first. Those that are not named follow in the recommended order; calibration goes before the rest whatever
    /// is said.
    #[schema(value_type = Vec<String>)]
    batches: Vec<BatchId>,
}

/// Put batches into order by hand; the next claim goes by it. For managers.
#[utoipa::path(put, path = "/api/projects/{project}/queue-order", responses((status = 200, body = QueueOrder)))]
pub(crate) async fn put_queue_order(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<PutQueueOrder>,
) -> Result<axum::Json<QueueOrder>> {
    Ok(axum::Json(order::put(&app, &me.actor, project, body.batches).await?.into()))
}
