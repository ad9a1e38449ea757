//! `GET /api/projects/{project}/batches/{batch}/agreement`: how far its people agree.

use axum::Json;
use axum::extract::State;
use sheaf_app::App;
use sheaf_app::agreement::batch;
use sheaf_model::{BatchId, ProjectId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::BatchAgreement;

/// How far the people of a batch agree, as of now, over however many tasks. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/batches/{batch}/agreement", responses((status = 200, body = BatchAgreement)))]
pub(crate) async fn get_batch_agreement(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<BatchAgreement>> {
    Ok(Json(batch::batch(&app, &me.actor, project, id).await?.into()))
}
