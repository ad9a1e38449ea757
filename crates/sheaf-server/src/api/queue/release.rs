//! `POST /api/queue/leases/{lease}/release`: give a task back.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::App;
use sheaf_app::queue::held;
use sheaf_model::LeaseId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Give a task back to the queue; the draft is kept.
#[utoipa::path(post, path = "/api/queue/leases/{lease}/release", responses((status = 204)))]
pub(crate) async fn release_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
) -> Result<StatusCode> {
    held::release(&app, &me.actor, lease).await?;
    Ok(StatusCode::NO_CONTENT)
}
