//! `POST /api/projects/{project}/batches`: a batch out of a recipe.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::batches::{self, NewBatch};
use sheaf_model::{ProjectId, TaskRules};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Batch, BatchKind, OpenTo, Recipe, TaskOrder, Time};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateBatch {
    name: String,
    recipe: Recipe,
    kind: Option<BatchKind>,
    /// Higher is served first; 0 when it is left out.
    #[serde(default)]
    priority: i64,
    /// Launch it at once; otherwise it stays in staging.
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
    /// Of a gold batch: of a person's claims, how many in a hundred are of it, 1 to 50; 5 when it is left out.
    gold_rate: Option<u8>,
    /// The source whose pre-labels its annotators begin with; none when it is left out.
    prelabels: Option<String>,
}

/// Make a batch. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches", responses((status = 201, body = Batch)))]
pub(crate) async fn create_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<CreateBatch>,
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
        gold_rate: body.gold_rate,
        prelabels: body.prelabels,
        launch: body.launch,
    };
    let batch = batches::create(&app, &me.actor, project, new, body.recipe.into()).await?;
    Ok((StatusCode::CREATED, axum::Json(batch.into())))
}
