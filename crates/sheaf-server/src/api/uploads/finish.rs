//! `POST /api/projects/{project}/uploads/{upload}/finish`: everything was sent.

use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::{App, uploads};
use sheaf_model::{ProjectId, UploadId};
use utoipa::ToSchema;

use super::wire::Upload;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, from_json};

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FinishUpload {
    /// Instead of what the upload's batch was planned with.
    launch: Option<bool>,
}

/// Finish an upload; its batch is made when one was asked for. Again is the same. The body may be left out.
#[utoipa::path(post, path = "/api/projects/{project}/uploads/{upload}/finish",
    request_body(content = Option<FinishUpload>), responses((status = 200, body = Upload)))]
pub(crate) async fn finish_upload(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    body: Bytes,
) -> Result<axum::Json<Upload>> {
    let body: FinishUpload = if body.is_empty() { FinishUpload::default() } else { from_json(&body)? };
    Ok(axum::Json(uploads::finish(&app, &me.actor, project, upload, body.launch).await?.into()))
}
