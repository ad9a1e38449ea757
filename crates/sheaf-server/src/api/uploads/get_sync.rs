//! `GET /api/projects/{project}/uploads/{upload}/sync`: how far bringing in a folder of a bucket has come.

use axum::extract::State;
use sheaf_app::App;
use sheaf_app::uploads;
use sheaf_model::{ProjectId, UploadId};

use super::wire::UploadSync;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// The folder of a bucket that the upload is made of, and how far the look through it has come; null when it is made of none.
#[utoipa::path(get, path = "/api/projects/{project}/uploads/{upload}/sync",
    responses((status = 200, body = Option<UploadSync>)))]
pub(crate) async fn get_upload_sync(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
) -> Result<axum::Json<Option<UploadSync>>> {
    Ok(axum::Json(uploads::get_sync(&app, &me.actor, project, upload).await?.map(Into::into)))
}
