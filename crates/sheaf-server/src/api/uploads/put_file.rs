//! `PUT /api/projects/{project}/uploads/{upload}/files`: a file, whole or a part of it.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::uploads::{self, FilePart};
use sheaf_model::{ProjectId, UploadId};
use utoipa::IntoParams;

use super::wire::UploadFileOutcome;
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FileQuery {
    /// Relative path of the file in the upload, with `/` between folders.
    path: String,
    /// Bytes of the whole file.
    size: u64,
    /// Where in the file the bytes of the body begin; 0 begins anew.
    offset: Option<u64>,
}

/// Send a file, or a part of it. A file of up to 8 MiB comes in one request, a larger one in parts of 8 MiB.
///
/// `done` means that it is durable. A refused file is `refused` and in the report, with status 200. 409 `bad_offset`:
/// go on at `details.received`.
#[utoipa::path(put, path = "/api/projects/{project}/uploads/{upload}/files", params(FileQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = UploadFileOutcome)))]
pub(crate) async fn put_upload_file(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Query(query): Query<FileQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<UploadFileOutcome>> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    let part = FilePart { path: query.path, size: query.size, offset: query.offset.unwrap_or(0), length };
    let mut receiving = uploads::receive(&app, &me.actor, project, upload, part).await?;
    let mut stream = body.into_data_stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|_| ApiError::bad_request("the body was cut off"))?;
        receiving.write(&bytes).await?;
    }
    Ok(Json(receiving.finish().await?.into()))
}
