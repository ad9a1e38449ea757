//! `GET /api/projects/{project}/assets/{asset}`: one asset, its ledger and its answers.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::value::RawValue;
use sheaf_app::App;
use sheaf_app::library::asset;
use sheaf_model::{AssetId, ProjectId, SubmissionId, TaskId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::{Asset, AssetPrelabel, BegunWith, LedgerItem, Ref, Response, Time};

#[derive(Serialize, ToSchema)]
pub(crate) struct AssetDetail {
    #[serde(flatten)]
    asset: Asset,
    /// What happened to it, oldest first.
    ledger: Vec<LedgerItem>,
    answers: Vec<AssetAnswer>,
    /// What models and tools say of it, by source.
    prelabels: Vec<AssetPrelabel>,
    /// Its task in each of its batches.
    tasks: Vec<AssetTask>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AssetTask {
    #[schema(value_type = String)]
    id: TaskId,
    batch: Ref,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AssetAnswer {
    #[schema(value_type = String)]
    submission_id: SubmissionId,
    batch: Ref,
    annotator: Option<Ref>,
    /// It was given elsewhere; `annotator.name` is who gave it there, as it came.
    brought_in: bool,
    at: Time,
    #[schema(value_type = Response)]
    response: Box<RawValue>,
    taxonomy_version: i64,
    /// The pre-label that it began with.
    prelabel: Option<BegunWith>,
}

impl From<asset::AssetDetail> for AssetDetail {
    fn from(detail: asset::AssetDetail) -> Self {
        let answers = detail.answers.into_iter().map(|answer| AssetAnswer {
            submission_id: answer.submission,
            batch: Ref { id: answer.batch.0.to_string(), name: answer.batch.1 },
            annotator: answer.annotator.map(Ref::from),
            brought_in: answer.brought_in,
            at: answer.at.into(),
            response: RawValue::from_string(answer.response).unwrap_or_else(|_| RawValue::NULL.to_owned()),
            taxonomy_version: answer.taxonomy_version,
            prelabel: answer.prelabel.map(|it| BegunWith { source: it.source, unchanged: it.unchanged }),
        });
        let AssetId { project, ordinal } = detail.asset.id;
        let tasks = detail.asset.batches.iter().map(|(batch, name)| AssetTask {
            id: TaskId { project, batch: *batch, ordinal },
            batch: Ref { id: batch.to_string(), name: name.clone() },
        });
        Self {
            tasks: tasks.collect(),
            answers: answers.collect(),
            prelabels: detail.prelabels.into_iter().map(AssetPrelabel::from).collect(),
            ledger: detail.ledger.into_iter().map(LedgerItem::from).collect(),
            asset: detail.asset.into(),
        }
    }
}

/// One asset with what happened to it. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/assets/{asset}", responses((status = 200, body = AssetDetail)))]
pub(crate) async fn get_asset(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, AssetId)>,
) -> Result<Json<AssetDetail>> {
    Ok(Json(asset::get(&app, &me.actor, project, id).await?.into()))
}
