//! `GET /api/projects/{project}/webhooks`: the webhooks.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, webhooks};
use sheaf_model::ProjectId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery, Webhook};

/// The webhooks of a project, oldest first. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/webhooks", params(PageQuery), responses((status = 200, body = Page<Webhook>)))]
pub(crate) async fn list_webhooks(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Webhook>>> {
    let all = webhooks::list(&app, &me.actor, project).await?;
    Ok(Json(Page::of(all, &query, Webhook::from)?))
}
