//! `POST /api/projects/{project}/uploads/{upload}/sync`: bringing in a folder of a bucket.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::uploads::{self, NewSync};
use sheaf_model::{ProjectId, UploadId};
use utoipa::ToSchema;

use super::wire::UploadSync;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StartSync {
    /// `s3://bucket/folder`, `gs://bucket/folder` or `az://container/folder`; one of those that the operator lets be read, or below
    /// one.
    #[schema(examples("s3://camera-uploads/2026"))]
    address: String,
    /// Later objects have later names: the next time only those after the last name are looked at.
    #[serde(default)]
    ascending: bool,
}

/// Bring in what is new in a folder of a bucket: every object is a file of the upload. It is read in the background: ask
/// for the sync until its `state` is `done`. One that was interrupted goes on where it stopped.
#[utoipa::path(post, path = "/api/projects/{project}/uploads/{upload}/sync",
    responses((status = 202, body = UploadSync)))]
pub(crate) async fn start_upload_sync(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Json(body): Json<StartSync>,
) -> Result<(StatusCode, axum::Json<UploadSync>)> {
    let new = NewSync { address: body.address, ascending: body.ascending };
    let sync = uploads::sync(&app, &me.actor, project, upload, new).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(sync.into())))
}
