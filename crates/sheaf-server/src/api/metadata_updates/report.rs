//! `GET /api/projects/{project}/metadata-updates/{metadata_update}/report`: what was refused, and why.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, metadata_updates};
use sheaf_model::{MetadataUpdateId, ProjectId};

use super::wire::MetadataUpdateProblem;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery};

/// What a bulk update refused; the first 10,000 are kept, `total` counts all.
#[utoipa::path(get, path = "/api/projects/{project}/metadata-updates/{metadata_update}/report", params(PageQuery),
    responses((status = 200, body = Page<MetadataUpdateProblem>)))]
pub(crate) async fn get_metadata_update_report(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, MetadataUpdateId)>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<MetadataUpdateProblem>>> {
    let after = query.after()?.unwrap_or(0);
    let found = metadata_updates::report(&app, &me.actor, project, id, after, query.limit()?).await?;
    let items = found.items.into_iter().map(MetadataUpdateProblem::from).collect();
    Ok(Json(Page::new(items, found.next, found.total.unsigned_abs())))
}
