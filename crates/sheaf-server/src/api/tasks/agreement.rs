//! `GET /api/projects/{project}/tasks/{task}/agreement`: who answered what, how far they agree, what they say together.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::agreement::task::task;
use sheaf_model::{ProjectId, TaskId};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Agreement, MergeRule, TaskAnswer};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AgreementQuery {
    /// How the answers become one: `majority` when it is left out.
    #[param(inline)]
    merged: Option<MergeRule>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct TaskAgreement {
    #[schema(value_type = String)]
    task_id: TaskId,
    /// Where it stands: pending, claimed, rejected, blocked, in_review, done or cancelled.
    status: String,
    /// Judgements that it needs.
    overlap: u8,
    /// The annotators' answers that stand, then the reviewer's where there is one.
    answers: Vec<TaskAnswer>,
    /// `null` while judgements are missing, and of a task that needs only one.
    agreement: Option<Agreement>,
}

/// The answers of one task beside each other. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/tasks/{task}/agreement", params(AgreementQuery),
    responses((status = 200, body = TaskAgreement)))]
pub(crate) async fn get_task_agreement(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, TaskId)>,
    Query(query): Query<AgreementQuery>,
) -> Result<Json<TaskAgreement>> {
    let rule = query.merged.unwrap_or(MergeRule::Majority).into();
    let view = task(&app, &me.actor, project, id, rule).await?;
    Ok(Json(TaskAgreement {
        task_id: view.task,
        status: view.state.as_str().to_owned(),
        overlap: view.overlap,
        answers: view.answers.into_iter().map(TaskAnswer::from).collect(),
        agreement: view.compared.map(Agreement::from),
    }))
}
