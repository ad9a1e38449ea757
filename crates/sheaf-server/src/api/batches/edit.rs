//! `PATCH /api/projects/{project}/batches/{batch}`: its name and priority.

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
}

/// Rename a batch or change its priority. For managers.
#[utoipa::path(patch, path = "/api/projects/{project}/batches/{batch}", responses((status = 200, body = Batch)))]
pub(crate) async fn edit_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<EditBatch>,
) -> Result<axum::Json<Batch>> {
    let change = BatchEdit { name: body.name, priority: body.priority, archived: None };
    Ok(axum::Json(edit::edit(&app, &me.actor, project, batch, change).await?.into()))
}
