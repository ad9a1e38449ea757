//! `POST /api/projects/{project}/batches/{batch}/known-answers/copy`: what is known from another batch.

use axum::Json as Answer;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::quality::known;
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use super::put::KnownAnswersWritten;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyKnownAnswers {
    /// A batch whose done tasks have the answers.
    #[schema(value_type = String)]
    from_batch_id: BatchId,
}

/// Take the answers of the done tasks of another batch, for the assets that both have; of several answers to a task the
/// majority's. Known answers that are there stay. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/known-answers/copy", responses((status = 200, body = KnownAnswersWritten)))]
pub(crate) async fn copy_known_answers(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<CopyKnownAnswers>,
) -> Result<Answer<KnownAnswersWritten>> {
    Ok(Answer(known::copy(&app, &me.actor, project, batch, body.from_batch_id).await?.into()))
}
