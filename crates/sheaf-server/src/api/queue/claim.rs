//! `POST /api/queue/claim`: the next tasks.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::queue::{self, Claim, Work};
use sheaf_model::{ProjectId, SubmissionId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Json;
use crate::wire::Task;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClaimRequest {
    /// A UUID made by the client; the same one gets the same tasks again.
    #[schema(value_type = String)]
    claim_id: SubmissionId,
    /// Only of this project.
    #[schema(value_type = Option<String>)]
    project_id: Option<ProjectId>,
    /// Only labels or only reviews; both when it is left out, reviews first.
    work: Option<TaskWork>,
    /// How many tasks to hold in all: 1 to 10, at most the project's limit; 1 when it is left out.
    count: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskWork {
    Label,
    Review,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ClaimAnswer {
    /// What the caller held already, then new ones.
    tasks: Vec<Task>,
    /// Why there are none.
    reason: Option<EmptyReason>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct EmptyReason {
    /// no_batches, all_done, all_held, not_annotator, not_member
    code: String,
    message: String,
}

/// Get something to label.
#[utoipa::path(post, path = "/api/queue/claim", responses((status = 200, body = ClaimAnswer)))]
pub(crate) async fn claim_tasks(
    State(app): State<App>,
    Caller(me): Caller,
    Json(body): Json<ClaimRequest>,
) -> Result<axum::Json<ClaimAnswer>> {
    let work = body.work.map(|work| match work {
        TaskWork::Label => Work::Label,
        TaskWork::Review => Work::Review,
    });
    let (claim_id, count) = (body.claim_id.0, body.count.unwrap_or(1));
    let claim = Claim { claim_id, project: body.project_id, work, count };
    let claimed = queue::claim(&app, &me.actor, claim).await?;
    Ok(axum::Json(ClaimAnswer {
        tasks: claimed.tasks.into_iter().map(Task::from).collect(),
        reason: claimed.reason.map(|reason| EmptyReason {
            code: reason.code().to_owned(),
            message: reason.message().to_owned(),
        }),
    }))
}
