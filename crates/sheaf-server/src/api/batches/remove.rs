//! `POST /api/projects/{project}/batches/{batch}/remove`: fewer assets for a batch in staging.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::batches::change;
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Batch, Recipe};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveFromBatch {
    /// Asked of the batch's members.
    recipe: Recipe,
    /// Only say what would be removed.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Removed {
    removed: u64,
    batch: Batch,
}

/// Take what a recipe picks of the members out of a batch that was not launched. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/remove", responses((status = 200, body = Removed)))]
pub(crate) async fn remove_from_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<RemoveFromBatch>,
) -> Result<axum::Json<Removed>> {
    let done = change::remove(&app, &me.actor, project, batch, body.recipe.into(), body.dry_run).await?;
    Ok(axum::Json(Removed { removed: done.removed, batch: done.batch.into() }))
}
