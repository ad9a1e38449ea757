//! `POST /api/queue/leases/{lease}/fix`: a review that mends the answer and accepts it.

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
use crate::wire::Response;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FixRequest {
    /// A UUID (version 7 best) made by the client; the same one with the same answer counts once.
    #[schema(value_type = String)]
    review_id: ReviewId,
    #[schema(value_type = Response)]
    response: sheaf_model::Response,
    /// For the annotators, if there is something to say.
    #[serde(default)]
    note: String,
    /// Time spent on it.
    seconds: Option<f64>,
}

/// Put an answer of one's own in the place of the annotators', and accept it. Both are kept; the reviewer's counts.
#[utoipa::path(post, path = "/api/queue/leases/{lease}/fix", responses((status = 200, body = ReviewSaid)))]
pub(crate) async fn fix_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
    Json(body): Json<FixRequest>,
) -> Result<axum::Json<ReviewSaid>> {
    let said =
        Review { id: body.review_id, said: Said::Fix(body.response), note: body.note, seconds: body.seconds };
    Ok(axum::Json(review::review(&app, &me.actor, lease, said).await?.into()))
}
