//! `POST /api/projects/{project}/batches/{batch}/rerun`: "make it again".

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::batches::NewBatch;
use sheaf_app::batches::rerun::{self, RerunAt};
use sheaf_model::{BatchId, ProjectId, TaskRules};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Batch, BatchKind, OpenTo, TaskOrder, Time};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RerunBatch {
    name: String,
    kind: Option<BatchKind>,
    #[serde(default)]
    priority: i64,
    #[serde(default)]
    launch: bool,
    /// Judgements by different people that each task needs: 1 to 16, 1 when it is left out.
    overlap: Option<u8>,
    /// Reviews after each other that each task needs: 0 to 4, 0 when it is left out.
    review_levels: Option<u8>,
    /// Whom it is open to; everybody with a role for it when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<OpenTo>)]
    open_to: Option<sheaf_model::OpenTo>,
    /// The order of its tasks; in upload order when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<TaskOrder>)]
    order: Option<sheaf_model::TaskOrder>,
    due_at: Option<Time>,
    /// The source whose pre-labels its annotators begin with; none when it is left out.
    prelabels: Option<String>,
    at: RerunLibrary,
}

/// Which state of the library it is made of.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RerunLibrary {
    /// The same members, whatever was changed, labelled and batched since.
    Then,
    Now,
}

/// Make a batch of another batch's recipe. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/rerun", responses((status = 201, body = Batch)))]
pub(crate) async fn rerun_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<RerunBatch>,
) -> Result<(StatusCode, axum::Json<Batch>)> {
    let kind = body.kind.map(Into::into).unwrap_or_default();
    let rules = TaskRules::default().with(body.overlap, body.review_levels);
    let new = NewBatch {
        name: body.name,
        kind,
        priority: body.priority,
        rules,
        open_to: body.open_to.unwrap_or_default(),
        order: body.order.unwrap_or_default(),
        due: body.due_at.map(|at| at.0),
        gold_rate: None,
        prelabels: body.prelabels,
        launch: body.launch,
    };
    let at = match body.at {
        RerunLibrary::Then => RerunAt::Then,
        RerunLibrary::Now => RerunAt::Now,
    };
    let made = rerun::rerun(&app, &me.actor, project, batch, new, at).await?;
    Ok((StatusCode::CREATED, axum::Json(made.into())))
}
