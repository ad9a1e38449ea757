//! `POST /api/queue/leases/{lease}/skip`: pass on a task.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::queue::held;
use sheaf_model::LeaseId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SkipRequest {
    /// unclear, broken, or in one's own words.
    reason: String,
}

/// Pass on a task: it is offered to others, not to the caller again.
#[utoipa::path(post, path = "/api/queue/leases/{lease}/skip", responses((status = 204)))]
pub(crate) async fn skip_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
    Json(body): Json<SkipRequest>,
) -> Result<StatusCode> {
    held::skip(&app, &me.actor, lease, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
