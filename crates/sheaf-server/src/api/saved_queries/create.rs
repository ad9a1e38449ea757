//! `POST /api/projects/{project}/saved-queries`: keeping a query under a name.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::saved_queries::{self, NewSavedQuery};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::SavedQuery;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSavedQuery {
    name: String,
    query: String,
    sort: Option<String>,
    /// For everybody who sees the library; otherwise for the caller alone.
    #[serde(default)]
    shared: bool,
}

/// Keep a query under a name. For managers and reviewers.
#[utoipa::path(post, path = "/api/projects/{project}/saved-queries", responses((status = 201, body = SavedQuery)))]
pub(crate) async fn create_saved_query(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<CreateSavedQuery>,
) -> Result<(StatusCode, axum::Json<SavedQuery>)> {
    let new = NewSavedQuery { name: body.name, query: body.query, sort: body.sort, shared: body.shared };
    let made = saved_queries::create(&app, &me.actor, project, new).await?;
    Ok((StatusCode::CREATED, axum::Json(made.into())))
}
