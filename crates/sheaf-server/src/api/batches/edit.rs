//! `PATCH /api/projects/{project}/batches/{batch}`: its name, its priority, whom it is open to, what it asks for.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::batches::edit::{self, BatchEdit};
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::given::given;
use crate::wire::{Batch, OpenTo, TaskOrder, Time};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditBatch {
    name: Option<String>,
    /// Higher is served first.
    priority: Option<i64>,
    /// Judgements by different people that each task needs: 1 to 16; in staging only.
    overlap: Option<u8>,
    /// Reviews after each other that each task needs: 0 to 4; in staging only.
    review_levels: Option<u8>,
    /// Whom it is open to; the next claim goes by it, and what is held may be finished.
    #[schema(value_type = Option<OpenTo>)]
    open_to: Option<sheaf_model::OpenTo>,
    /// `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Time>)]
    due_at: Option<Option<Time>>,
    /// The order of its tasks; in staging only.
    #[schema(value_type = Option<TaskOrder>)]
    order: Option<sheaf_model::TaskOrder>,
    /// Of a gold batch: of a person's claims, how many in a hundred are of it, 1 to 50.
    gold_rate: Option<u8>,
    /// The source whose pre-labels its annotators begin with, `null` for none; in staging only.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    prelabels: Option<Option<String>>,
}

/// Rename a batch, change its priority, whom it is open to, when it is due, or what it asks for each task. For managers.
#[utoipa::path(patch, path = "/api/projects/{project}/batches/{batch}", responses((status = 200, body = Batch)))]
pub(crate) async fn edit_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<EditBatch>,
) -> Result<axum::Json<Batch>> {
    let change = BatchEdit {
        name: body.name,
        priority: body.priority,
        archived: None,
        overlap: body.overlap,
        review_levels: body.review_levels,
        open_to: body.open_to,
        due: body.due_at.map(|at| at.map(|at| at.0)),
        order: body.order,
        gold_rate: body.gold_rate,
        prelabels: body.prelabels,
    };
    Ok(axum::Json(edit::edit(&app, &me.actor, project, batch, change).await?.into()))
}
