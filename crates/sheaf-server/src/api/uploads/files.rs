//! `GET /api/projects/{project}/uploads/{upload}/files`: what the server has, for going on with an upload.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::uploads::{self, FileFilter};
use sheaf_model::{ProjectId, UploadId};
use utoipa::IntoParams;

use super::wire::UploadFile;
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, Query};
use crate::wire::Page;

const LIMIT_DEFAULT: u32 = 500;
const LIMIT_MAX: u32 = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FilesQuery {
    /// `partial`, `done` or `refused`; all when it is left out.
    state: Option<String>,
    /// Files on a page: 1 to 10,000, 500 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The files of an upload by path, whole ones and partial ones. An archive is listed with its entries.
#[utoipa::path(get, path = "/api/projects/{project}/uploads/{upload}/files", params(FilesQuery),
    responses((status = 200, body = Page<UploadFile>)))]
pub(crate) async fn list_upload_files(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Query(query): Query<FilesQuery>,
) -> Result<Json<Page<UploadFile>>> {
    let filter = match query.state.as_deref() {
        None | Some("") => FileFilter::All,
        Some(text) => FileFilter::parse(text)
            .ok_or_else(|| ApiError::invalid("state", "must be one of partial, done, refused"))?,
    };
    let limit = match query.limit.unwrap_or(LIMIT_DEFAULT) {
        limit @ 1..=LIMIT_MAX => limit,
        _ => return Err(ApiError::invalid("limit", &format!("must be between 1 and {LIMIT_MAX}"))),
    };
    // The cursor is the last path: paths are no secret to who may see the list.
    let after = query.cursor.unwrap_or_default();
    let page = uploads::files(&app, &me.actor, project, upload, filter, after, limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(UploadFile::from).collect(),
        next_cursor: page.next,
        total: page.total.unsigned_abs(),
    }))
}
