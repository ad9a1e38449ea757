//! `GET /api/keys`: one's own keys.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, keys};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;
use crate::wire::{ApiKey, Page, PageQuery};

/// The caller's own keys, newest first.
#[utoipa::path(get, path = "/api/keys", params(PageQuery), responses((status = 200, body = Page<ApiKey>)))]
pub(crate) async fn list_keys(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ApiKey>>> {
    let all = keys::list(&app, &me.actor).await?;
    Ok(Json(Page::of(all, &query, ApiKey::from)?))
}
