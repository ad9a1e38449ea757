//! `POST /api/projects/{project}/uploads/{upload}/manifest/commit`: adding what a staged manifest lists.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::uploads::{self, ColumnPlan};
use sheaf_model::{ProjectId, UploadId};
use utoipa::ToSchema;

use super::wire::{ColumnChoice, Upload};
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommitManifest {
    /// Corrections to what the preview found.
    #[schema(value_type = Option<Vec<ColumnChoice>>)]
    columns: Option<Vec<ColumnPlan>>,
}

/// Commit the staged manifest. It is read in the background: ask for the upload until its `job` is `done`. A job that
/// was interrupted goes on where it stopped.
#[utoipa::path(post, path = "/api/projects/{project}/uploads/{upload}/manifest/commit",
    responses((status = 202, body = Upload)))]
pub(crate) async fn commit_upload_manifest(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Json(body): Json<CommitManifest>,
) -> Result<(StatusCode, axum::Json<Upload>)> {
    let columns = body.columns.unwrap_or_default();
    let upload = uploads::commit_manifest(&app, &me.actor, project, upload, columns).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(upload.into())))
}
