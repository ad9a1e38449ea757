//! `POST /api/projects/{project}/uploads/{upload}/cancel`: giving an upload up.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, uploads};
use sheaf_model::{ProjectId, UploadId};

use super::wire::Upload;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Cancel an upload: what was added stays in the library, nothing more is accepted.
#[utoipa::path(post, path = "/api/projects/{project}/uploads/{upload}/cancel",
    responses((status = 200, body = Upload)))]
pub(crate) async fn cancel_upload(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
) -> Result<Json<Upload>> {
    Ok(Json(uploads::cancel(&app, &me.actor, project, upload).await?.into()))
}
