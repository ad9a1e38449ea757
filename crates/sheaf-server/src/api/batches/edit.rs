//! `PATCH /api/projects/{project}/batches/{batch}`: its name, its priority, what it asks for.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::batches::edit::{self, BatchEdit};
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Batch;

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
}

/// Rename a batch, change its priority, or what it asks for each task. For managers.
#[utoipa::path(patch, path = "/api/projects/{project}/batches/{batch}", responses((status = 200, body = Batch)))]
pub(crate) async fn edit_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<EditBatch>,
) -> Result<axum::Json<Batch>> {
    let EditBatch { name, priority, overlap, review_levels } = body;
    let change = BatchEdit { name, priority, archived: None, overlap, review_levels };
    Ok(axum::Json(edit::edit(&app, &me.actor, project, batch, change).await?.into()))
}
