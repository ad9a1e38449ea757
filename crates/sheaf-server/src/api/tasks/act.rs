//! `POST /api/projects/{project}/tasks/{task}/<action>`: what a manager does to one task. They are one endpoint with several
//! names, so they share this file.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::queue::manage::{Manage, manage};
use sheaf_model::{ProjectId, SlotPlace, TaskId, UserId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

/// Which part of a task, and why.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TaskStep {
    /// 0: a judgement; 1 and more: the review of that level. Every part that somebody holds when it is left out.
    level: Option<u8>,
    /// Which of the judgements.
    slot: Option<u8>,
    /// Kept in the asset's history; who does a reopened task again is shown it.
    reason: Option<String>,
}

impl TaskStep {
    fn place(&self) -> Option<SlotPlace> {
        self.level.map(|stage| SlotPlace { stage, n: self.slot.unwrap_or(0) })
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignTask {
    /// Somebody of the project who may do it.
    #[schema(value_type = String)]
    user_id: UserId,
    /// How long it is kept for them: 1 to 336, 24 when it is left out. Then it is for anybody.
    #[serde(default)]
    hours: Option<u32>,
    /// 0: a judgement; 1 and more: the review of that level. The first that can be given when it is left out.
    #[serde(default)]
    level: Option<u8>,
    /// Which of the judgements.
    #[serde(default)]
    slot: Option<u8>,
    #[serde(default)]
    reason: Option<String>,
}

const KEPT_HOURS: u32 = 24;

/// Take a task out of the hands that hold it; drafts are kept. For managers.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/tasks/{task}/revoke",
    request_body = Option<TaskStep>,
    responses((status = 204))
)]
pub(crate) async fn revoke_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
    body: Option<Json<TaskStep>>,
) -> Result<StatusCode> {
    let step = body.map(|body| body.0).unwrap_or_default();
    manage(&app, &me.actor, project, task, Manage::Revoke, step.place(), step.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have a task that is done labelled and reviewed once more. For managers.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/tasks/{task}/reopen",
    request_body = Option<TaskStep>,
    responses((status = 204))
)]
pub(crate) async fn reopen_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
    body: Option<Json<TaskStep>>,
) -> Result<StatusCode> {
    let step = body.map(|body| body.0).unwrap_or_default();
    manage(&app, &me.actor, project, task, Manage::Reopen, step.place(), step.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Open a task that too many people passed on for everybody again. For managers.
#[utoipa::path(
    post,
    path = "/api/projects/{project}/tasks/{task}/unblock",
    request_body = Option<TaskStep>,
    responses((status = 204))
)]
pub(crate) async fn unblock_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
    body: Option<Json<TaskStep>>,
) -> Result<StatusCode> {
    let step = body.map(|body| body.0).unwrap_or_default();
    manage(&app, &me.actor, project, task, Manage::Unblock, step.place(), step.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a task out of whatever hands hold it and keep it for somebody for a while. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/tasks/{task}/assign", responses((status = 204)))]
pub(crate) async fn assign_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
    Json(body): Json<AssignTask>,
) -> Result<StatusCode> {
    let what = Manage::Assign { to: body.user_id, hours: body.hours.unwrap_or(KEPT_HOURS) };
    let place = body.level.map(|stage| SlotPlace { stage, n: body.slot.unwrap_or(0) });
    manage(&app, &me.actor, project, task, what, place, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
