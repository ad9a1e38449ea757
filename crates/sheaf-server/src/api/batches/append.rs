//! `POST /api/projects/{project}/batches/{batch}/append`: more assets for a batch.

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
pub(crate) struct AppendToBatch {
    recipe: Recipe,
    /// Only say what would be added.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Appended {
    added: u64,
    /// Picked, and members before.
    already: u64,
    batch: Batch,
}

/// Add what a recipe picks; in a launched batch it is in the queue at once, a completed one is in progress again. For
/// managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/append", responses((status = 200, body = Appended)))]
pub(crate) async fn append_to_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<AppendToBatch>,
) -> Result<axum::Json<Appended>> {
    let done = change::append(&app, &me.actor, project, batch, body.recipe.into(), body.dry_run).await?;
    Ok(axum::Json(Appended { added: done.added, already: done.already, batch: done.batch.into() }))
}
