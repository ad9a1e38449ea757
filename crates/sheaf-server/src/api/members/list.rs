//! `GET /api/projects/{project}/members`: the people of a project.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, members};
use sheaf_model::ProjectId;

use super::Member;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery};

/// The people of a project, by name. For its managers.
#[utoipa::path(get, path = "/api/projects/{project}/members", params(PageQuery), responses((status = 200, body = Page<Member>)))]
pub(crate) async fn list_members(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Member>>> {
    let all = members::list(&app, &me.actor, project).await?;
    Ok(Json(Page::of(all, &query, Member::from)?))
}
