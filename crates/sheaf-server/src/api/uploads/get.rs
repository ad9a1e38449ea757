//! `GET /api/projects/{project}/uploads/{upload}`: one upload.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, uploads};
use sheaf_model::{ProjectId, UploadId};

use super::wire::Upload;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// One upload, with its counts and how far its manifest is read.
#[utoipa::path(get, path = "/api/projects/{project}/uploads/{upload}", responses((status = 200, body = Upload)))]
pub(crate) async fn get_upload(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
) -> Result<Json<Upload>> {
    Ok(Json(uploads::get(&app, &me.actor, project, upload).await?.into()))
}
