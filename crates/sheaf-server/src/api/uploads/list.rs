//! `GET /api/projects/{project}/uploads`: the uploads of a project.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, uploads};
use sheaf_model::{ProjectId, UploadId};

use super::wire::Upload;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery};

/// The uploads of a project, newest first.
#[utoipa::path(get, path = "/api/projects/{project}/uploads", params(PageQuery),
    responses((status = 200, body = Page<Upload>)))]
pub(crate) async fn list_uploads(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Upload>>> {
    let before = query.after()?.map(UploadId);
    let page = uploads::list(&app, &me.actor, project, before, query.limit()?).await?;
    let items = page.items.into_iter().map(Upload::from).collect();
    Ok(Json(Page::new(items, page.next.map(|id| id.0), page.total.unsigned_abs())))
}
