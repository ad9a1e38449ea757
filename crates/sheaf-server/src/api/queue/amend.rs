//! `POST /api/queue/tasks/{task}/amend`: change what one handed in.

use axum::extract::State;
use sheaf_app::App;
use sheaf_app::queue::submit::{self, Submit};
use sheaf_model::TaskId;

use super::submit::{Receipt, SubmitRequest};
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

/// Hand in another answer to a task that one has handed in, while no review of it has begun. The old one is kept.
#[utoipa::path(post, path = "/api/queue/tasks/{task}/amend", responses((status = 200, body = Receipt)))]
pub(crate) async fn amend_answer(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(task): Ids<TaskId>,
    Json(body): Json<SubmitRequest>,
) -> Result<axum::Json<Receipt>> {
    let answer = Submit { id: body.submission_id, response: body.response, seconds: body.seconds };
    Ok(axum::Json(submit::amend(&app, &me.actor, task, answer).await?.into()))
}
