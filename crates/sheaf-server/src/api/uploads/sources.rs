//! `GET /api/projects/{project}/upload-sources`: the folders of buckets that may be brought in.

use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::uploads;
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

#[derive(Serialize, ToSchema)]
pub(crate) struct UploadSources {
    items: Vec<UploadSource>,
}

/// A folder of a bucket that the operator lets be read, with all below it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadSource {
    #[schema(examples("s3://camera-uploads"))]
    address: String,
}

/// The folders of buckets that `POST .../sync` may bring in: those that whoever runs the server named with `--sources`.
#[utoipa::path(get, path = "/api/projects/{project}/upload-sources",
    responses((status = 200, body = UploadSources)))]
pub(crate) async fn list_upload_sources(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<axum::Json<UploadSources>> {
    let addresses = uploads::sources(&app, &me.actor, project).await?;
    let items = addresses.into_iter().map(|address| UploadSource { address }).collect();
    Ok(axum::Json(UploadSources { items }))
}
