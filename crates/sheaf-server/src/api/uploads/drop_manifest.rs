//! `DELETE /api/projects/{project}/uploads/{upload}/manifest`: dropping the staged manifest.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, uploads};
use sheaf_model::{ProjectId, UploadId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Drop the staged manifest, or one whose reading was interrupted. What it added stays.
#[utoipa::path(delete, path = "/api/projects/{project}/uploads/{upload}/manifest", responses((status = 204)))]
pub(crate) async fn drop_upload_manifest(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
) -> Result<StatusCode> {
    uploads::drop_manifest(&app, &me.actor, project, upload).await?;
    Ok(StatusCode::NO_CONTENT)
}
