//! `PUT /api/projects/{project}/taxonomy`: a new version of what may be answered.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::{App, taxonomies};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Taxonomy, TaxonomyVersion};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutTaxonomy {
    #[schema(value_type = Taxonomy)]
    taxonomy: sheaf_model::Taxonomy,
    /// The version that was edited; 0 for the first. When another was saved meanwhile: 409 `version_conflict`.
    base_version: i64,
}

/// Put a new version of the taxonomy in force. For managers.
#[utoipa::path(put, path = "/api/projects/{project}/taxonomy", responses((status = 200, body = TaxonomyVersion)))]
pub(crate) async fn put_taxonomy(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<PutTaxonomy>,
) -> Result<axum::Json<TaxonomyVersion>> {
    let version = taxonomies::put(&app, &me.actor, project, body.taxonomy, body.base_version).await?;
    Ok(axum::Json(Some(version).into()))
}
