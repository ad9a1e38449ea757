//! `GET /api/projects/{project}/batches/{batch}/revisions`: how a batch's members came about.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::batches::revisions::{self, RevisionView};
use sheaf_app::batches::view;
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery, Ref, Time};

/// One change of a batch's members.
#[derive(Serialize, ToSchema)]
pub(crate) struct Revision {
    /// From 1.
    revision: i64,
    at: Time,
    by: Option<Ref>,
    /// `created`, `appended` or `removed`.
    action: String,
    /// Assets that came or went.
    n: i64,
    /// The recipe as a sentence.
    recipe_text: String,
}

impl From<RevisionView> for Revision {
    fn from(view: RevisionView) -> Self {
        Self {
            revision: view.row.revision,
            at: view.row.at.into(),
            by: view.by.map(Ref::from),
            action: view.row.action.as_str().to_owned(),
            n: view.row.n,
            recipe_text: view.row.text,
        }
    }
}

/// The revisions of a batch, newest first. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/batches/{batch}/revisions", params(PageQuery), responses((status = 200, body = Page<Revision>)))]
pub(crate) async fn list_revisions(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Revision>>> {
    let limit = page.limit()?.min(view::PAGE_MAX);
    let (rows, total) = revisions::revisions(&app, &me.actor, project, batch, page.after()?, limit).await?;
    let next = rows.last().filter(|_| rows.len() == limit as usize).map(|last| last.row.revision);
    Ok(Json(Page::new(rows.into_iter().map(Revision::from).collect(), next, total.unsigned_abs())))
}
