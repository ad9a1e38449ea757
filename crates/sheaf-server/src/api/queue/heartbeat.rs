//! `POST /api/queue/leases/{lease}/heartbeat`: a sign of life.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::queue::held;
use sheaf_model::LeaseId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

#[derive(Serialize, ToSchema)]
pub(crate) struct Renewed {
    lease_remaining_ms: i64,
}

/// Keep a lease alive. 409 `lease_lost` when somebody else has the task now.
#[utoipa::path(post, path = "/api/queue/leases/{lease}/heartbeat", responses((status = 200, body = Renewed)))]
pub(crate) async fn renew_lease(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
) -> Result<Json<Renewed>> {
    Ok(Json(Renewed { lease_remaining_ms: held::heartbeat(&app, &me.actor, lease).await? }))
}
