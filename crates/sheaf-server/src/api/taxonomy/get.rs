//! `GET /api/projects/{project}/taxonomy`: what may be answered.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::{App, taxonomies};
use sheaf_model::ProjectId;
use utoipa::IntoParams;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::TaxonomyVersion;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// The version in force when it is left out.
    version: Option<i64>,
}

/// The taxonomy in force, or an earlier version. For everybody in the project.
#[utoipa::path(get, path = "/api/projects/{project}/taxonomy", params(VersionQuery), responses((status = 200, body = TaxonomyVersion)))]
pub(crate) async fn get_taxonomy(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<VersionQuery>,
) -> Result<Json<TaxonomyVersion>> {
    Ok(Json(taxonomies::get(&app, &me.actor, project, query.version).await?.into()))
}
