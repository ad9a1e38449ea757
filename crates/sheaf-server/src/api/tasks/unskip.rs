//! `POST /api/projects/{project}/tasks/{task}/unskip`: taking it back that somebody passed on a task.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::queue::skips;
use sheaf_model::{ProjectId, TaskId, UserId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnskipTask {
    /// Who passed on it; the caller when it is left out. Somebody else is for managers.
    #[schema(value_type = Option<String>)]
    person: Option<UserId>,
}

/// Take it back that somebody passed on a task: it may be handed to them again. For the person, and for managers.
#[utoipa::path(post, path = "/api/projects/{project}/tasks/{task}/unskip", responses((status = 204)))]
pub(crate) async fn unskip_task(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, task)): Ids<(ProjectId, TaskId)>,
    Json(body): Json<UnskipTask>,
) -> Result<StatusCode> {
    skips::unskip(&app, &me.actor, project, task, body.person).await?;
    Ok(StatusCode::NO_CONTENT)
}
