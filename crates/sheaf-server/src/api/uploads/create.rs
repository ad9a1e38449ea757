//! `POST /api/projects/{project}/uploads`: starting an upload.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::uploads::{self, BatchPlan, NewUpload};
use sheaf_model::{BatchKind, ProjectId, TaskRules};
use utoipa::ToSchema;

use super::wire::Upload;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{OpenTo, TaskOrder, Time};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateUpload {
    /// Unique in the project: the name of an earlier upload opens that again.
    name: String,
    /// `browser`, `cli` or `api`.
    source: String,
    /// Straight into a batch, which is made when the upload is finished.
    batch: Option<UploadBatch>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadBatch {
    name: String,
    /// `production`, `calibration` or `self_label`.
    #[schema(value_type = Option<String>)]
    kind: Option<BatchKind>,
    priority: Option<i64>,
    launch: Option<bool>,
    /// Judgements by different people that each task needs: 1 to 16, 1 when it is left out.
    overlap: Option<u8>,
    /// Reviews after each other that each task needs: 0 to 4, 0 when it is left out.
    review_levels: Option<u8>,
    /// Whom it is open to; everybody with a role for it when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<OpenTo>)]
    open_to: Option<sheaf_model::OpenTo>,
    /// The order of its tasks; in upload order when it is left out.
    #[serde(default)]
    #[schema(value_type = Option<TaskOrder>)]
    order: Option<sheaf_model::TaskOrder>,
    due_at: Option<Time>,
    /// The source whose pre-labels its annotators begin with; none when it is left out.
    prelabels: Option<String>,
}

/// Start an upload, or go on with the one of the same name (200); nothing is ever added twice. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/uploads",
    responses((status = 201, body = Upload), (status = 200, body = Upload)))]
pub(crate) async fn create_upload(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<CreateUpload>,
) -> Result<(StatusCode, axum::Json<Upload>)> {
    let batch = body.batch.map(|batch| BatchPlan {
        name: batch.name,
        kind: batch.kind.unwrap_or_default(),
        priority: batch.priority.unwrap_or(0),
        rules: TaskRules::default().with(batch.overlap, batch.review_levels),
        open_to: batch.open_to.unwrap_or_default(),
        order: batch.order.unwrap_or_default(),
        due: batch.due_at.map(|at| at.0),
        gold_rate: None,
        prelabels: batch.prelabels,
        launch: batch.launch.unwrap_or(false),
    });
    let new = NewUpload { name: body.name, source: body.source, batch };
    let (upload, is_new) = uploads::create(&app, &me.actor, project, new).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, axum::Json(upload.into())))
}
