//! `POST /api/queue/leases/{lease}/accept`: a review that finds nothing wrong.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::queue::review::{self, Review, ReviewReceipt, Said};
use sheaf_model::{LeaseId, ReviewId, TaskId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Time, Verdict};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptRequest {
    /// A UUID (version 7 best) made by the client; the same one with the same verdict counts once.
    #[schema(value_type = String)]
    review_id: ReviewId,
    /// For the annotators, if there is something to say.
    #[serde(default)]
    note: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewSaid {
    #[schema(value_type = String)]
    review_id: ReviewId,
    #[schema(value_type = String)]
    task_id: TaskId,
    verdict: Verdict,
    at: Time,
    /// It had been said before; nothing changed now.
    replayed: bool,
}

impl From<ReviewReceipt> for ReviewSaid {
    fn from(receipt: ReviewReceipt) -> Self {
        Self {
            review_id: receipt.id,
            task_id: receipt.task,
            verdict: receipt.verdict.into(),
            at: receipt.at.into(),
            replayed: receipt.replayed,
        }
    }
}

/// Accept a task as it is: it goes to the next review, or is done.
#[utoipa::path(post, path = "/api/queue/leases/{lease}/accept", responses((status = 200, body = ReviewSaid)))]
pub(crate) async fn accept_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
    Json(body): Json<AcceptRequest>,
) -> Result<axum::Json<ReviewSaid>> {
    let said = Review { id: body.review_id, said: Said::Accept, note: body.note, seconds: None };
    Ok(axum::Json(review::review(&app, &me.actor, lease, said).await?.into()))
}
