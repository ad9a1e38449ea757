//! `GET /api/projects/{project}/metadata-updates`: the bulk updates of a project.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, metadata_updates};
use sheaf_model::{MetadataUpdateId, ProjectId};

use super::wire::MetadataUpdate;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery};

/// The bulk updates of metadata in a project, newest first.
#[utoipa::path(get, path = "/api/projects/{project}/metadata-updates", params(PageQuery),
    responses((status = 200, body = Page<MetadataUpdate>)))]
pub(crate) async fn list_metadata_updates(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<MetadataUpdate>>> {
    let before = query.after()?.map(MetadataUpdateId);
    let page = metadata_updates::list(&app, &me.actor, project, before, query.limit()?).await?;
    let items = page.items.into_iter().map(MetadataUpdate::from).collect();
    Ok(Json(Page::new(items, page.next.map(|id| id.0), page.total.unsigned_abs())))
}
