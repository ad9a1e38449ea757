//! `PUT /api/projects/{project}/batches/{batch}/known-answers`: writing what is known.

use axum::Json as Answer;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::quality::known::{self, NewKnownAnswer, Written};
use sheaf_model::{AssetId, BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Response;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutKnownAnswers {
    /// 1 to 1,000; all are written or none.
    items: Vec<PutKnownAnswer>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutKnownAnswer {
    /// A task of the batch.
    #[schema(value_type = String)]
    asset_id: AssetId,
    #[schema(value_type = Response)]
    response: sheaf_model::Response,
    /// Told with the answer after a training task.
    #[serde(default)]
    note: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct KnownAnswersWritten {
    written: u64,
    /// Tasks of the batch that still have none.
    missing: u64,
}

impl From<Written> for KnownAnswersWritten {
    fn from(done: Written) -> Self {
        Self { written: done.written as u64, missing: done.missing.max(0).unsigned_abs() }
    }
}

/// Write known answers of a gold or training batch, in the place of those before; people who did these tasks are scored anew.
/// 422 `invalid_response` when one does not fit the taxonomy, with its place. For managers.
#[utoipa::path(put, path = "/api/projects/{project}/batches/{batch}/known-answers", responses((status = 200, body = KnownAnswersWritten)))]
pub(crate) async fn put_known_answers(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<PutKnownAnswers>,
) -> Result<Answer<KnownAnswersWritten>> {
    let new = body.items.into_iter().map(|item| NewKnownAnswer {
        asset: item.asset_id,
        response: item.response,
        note: item.note,
    });
    Ok(Answer(known::put(&app, &me.actor, project, batch, new.collect()).await?.into()))
}
