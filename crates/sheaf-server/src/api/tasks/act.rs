//! `POST /api/projects/{project}/tasks/{task}/<action>`: what a manager does to one task. They are one endpoint with several
//! names, so they share this file.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::App;
use sheaf_app::queue::manage::{Manage, manage};
use sheaf_model::{ProjectId, TaskId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Take a task out of the hands that hold it; drafts are kept. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/tasks/{task}/revoke", responses((status = 204)))]
pub(crate) async fn revoke_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
) -> Result<StatusCode> {
    manage(&app, &me.actor, project, task, Manage::Revoke).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have a task that is done labelled and reviewed once more. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/tasks/{task}/reopen", responses((status = 204)))]
pub(crate) async fn reopen_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
) -> Result<StatusCode> {
    manage(&app, &me.actor, project, task, Manage::Reopen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Open a task that too many people passed on for everybody again. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/tasks/{task}/unblock", responses((status = 204)))]
pub(crate) async fn unblock_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
) -> Result<StatusCode> {
    manage(&app, &me.actor, project, task, Manage::Unblock).await?;
    Ok(StatusCode::NO_CONTENT)
}
