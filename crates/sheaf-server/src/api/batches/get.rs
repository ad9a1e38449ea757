//! `GET /api/projects/{project}/batches/{batch}`: one batch, with its people.

use axum::Json;
use axum::extract::State;
use sheaf_app::App;
use sheaf_app::batches::view;
use sheaf_model::{BatchId, ProjectId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::Batch;

/// One batch. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/batches/{batch}", responses((status = 200, body = Batch)))]
pub(crate) async fn get_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    Ok(Json(view::get(&app, &me.actor, project, batch).await?.into()))
}
