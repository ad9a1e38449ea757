//! `GET /api/invitations`: who was invited.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::{App, invitations};
use sheaf_model::ProjectId;
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;
use crate::wire::{Invitation, Page, PageQuery};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InvitationQuery {
    /// Only invitations into this project.
    #[param(value_type = Option<String>)]
    project_id: Option<ProjectId>,
    /// Items on a page: 1 to 500, 50 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Invitations, newest first: all for an admin, those into their own projects for a manager.
#[utoipa::path(get, path = "/api/invitations", params(InvitationQuery), responses((status = 200, body = Page<Invitation>)))]
pub(crate) async fn list_invitations(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<InvitationQuery>,
) -> Result<Json<Page<Invitation>>> {
    let all = invitations::list(&app, &me.actor, query.project_id).await?;
    let page = PageQuery::new(query.limit, query.cursor);
    Ok(Json(Page::of(all, &page, Invitation::from)?))
}
