//! `GET /api/projects/{project}/groups`: the groups of a project.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, groups};
use sheaf_model::ProjectId;

use super::Group;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery};

/// The groups of a project, by name. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/groups", params(PageQuery), responses((status = 200, body = Page<Group>)))]
pub(crate) async fn list_groups(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Group>>> {
    let all = groups::list(&app, &me.actor, project).await?;
    Ok(Json(Page::of(all, &query, Group::from)?))
}
