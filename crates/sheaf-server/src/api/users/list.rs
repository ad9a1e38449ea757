//! `GET /api/users`: everybody.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, users};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;
use crate::wire::{Page, PageQuery, Person};

/// Everybody, by name. For admins.
#[utoipa::path(get, path = "/api/users", params(PageQuery), responses((status = 200, body = Page<Person>)))]
pub(crate) async fn list_users(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Person>>> {
    let all = users::list(&app, &me.actor).await?;
    Ok(Json(Page::of(all, &query, Person::from)?))
}
