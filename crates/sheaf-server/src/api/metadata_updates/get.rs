//! `GET /api/projects/{project}/metadata-updates/{metadata_update}`: how far a bulk update is.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, metadata_updates};
use sheaf_model::{MetadataUpdateId, ProjectId};

use super::wire::MetadataUpdate;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// One bulk update of metadata, and how far it is.
#[utoipa::path(get, path = "/api/projects/{project}/metadata-updates/{metadata_update}",
    responses((status = 200, body = MetadataUpdate)))]
pub(crate) async fn get_metadata_update(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, MetadataUpdateId)>,
) -> Result<Json<MetadataUpdate>> {
    Ok(Json(metadata_updates::get(&app, &me.actor, project, id).await?.into()))
}
