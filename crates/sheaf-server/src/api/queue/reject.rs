//! `POST /api/queue/leases/{lease}/reject`: a review that sends a task back.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::queue::review::{self, Review, Said};
use sheaf_model::{LeaseId, ReviewId};
use utoipa::ToSchema;

use super::accept::ReviewSaid;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RejectRequest {
    /// A UUID (version 7 best) made by the client; the same one with the same verdict counts once.
    #[schema(value_type = String)]
    review_id: ReviewId,
    /// What is to be done differently: 1 to 2,000 characters.
    note: String,
    /// The judgements that are to be made again (`slot` of the answers); none: all of them.
    #[serde(default)]
    slots: Vec<u8>,
}

/// Send a task back to its authors with a note: they get it first, for a day, then anybody does. The old answers are kept.
#[utoipa::path(post, path = "/api/queue/leases/{lease}/reject", responses((status = 200, body = ReviewSaid)))]
pub(crate) async fn reject_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
    Json(body): Json<RejectRequest>,
) -> Result<axum::Json<ReviewSaid>> {
    let said = Said::Reject(body.slots.into_iter().collect());
    let said = Review { id: body.review_id, said, note: body.note, seconds: None };
    Ok(axum::Json(review::review(&app, &me.actor, lease, said).await?.into()))
}
