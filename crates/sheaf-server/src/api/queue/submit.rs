//! `POST /api/queue/leases/{lease}/submit`: hand in.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::queue::submit::{self, Submit};
use sheaf_model::{LeaseId, SubmissionId, TaskId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Response, Time};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubmitRequest {
    /// A UUID (version 7 best) made by the client; the same one with the same answer is handed in once.
    #[schema(value_type = String)]
    pub(super) submission_id: SubmissionId,
    #[schema(value_type = Response)]
    pub(super) response: sheaf_model::Response,
    /// Time spent on it.
    pub(super) seconds: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    #[schema(value_type = String)]
    submission_id: SubmissionId,
    #[schema(value_type = String)]
    task_id: TaskId,
    submitted_at: Time,
    /// It had been handed in before; nothing changed now.
    replayed: bool,
    /// After a training task: how it went.
    feedback: Option<Feedback>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Feedback {
    /// Agreement with the known answer, 0 to 1.
    score: f64,
    /// The known answer.
    #[schema(value_type = Response)]
    response: serde_json::Value,
    note: String,
}

impl From<submit::Receipt> for Receipt {
    fn from(receipt: submit::Receipt) -> Self {
        Self {
            submission_id: receipt.id,
            task_id: receipt.task,
            submitted_at: receipt.at.into(),
            replayed: receipt.replayed,
            feedback: receipt.feedback.map(|told| Feedback {
                score: sheaf_model::agreement::share(told.score),
                response: serde_json::to_value(&told.response).unwrap_or_default(),
                note: told.note,
            }),
        }
    }
}

/// Hand an answer in. 422 `invalid_response` when it does not fit the taxonomy (the lease stays), 409 when the task is
/// not the caller's any more (the answer is kept as a draft).
#[utoipa::path(post, path = "/api/queue/leases/{lease}/submit", responses((status = 200, body = Receipt)))]
pub(crate) async fn submit_answer(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
    Json(body): Json<SubmitRequest>,
) -> Result<axum::Json<Receipt>> {
    let answer = Submit { id: body.submission_id, response: body.response, seconds: body.seconds };
    Ok(axum::Json(submit::submit(&app, &me.actor, lease, answer).await?.into()))
}
