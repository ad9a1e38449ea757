//! `POST /api/projects/{project}/metadata-updates/{metadata_update}/cancel`: stopping a bulk update.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, metadata_updates};
use sheaf_model::{MetadataUpdateId, ProjectId};

use super::wire::MetadataUpdate;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Stop a bulk update where it is. What it has changed stays changed; one that has ended stays as it is.
#[utoipa::path(post, path = "/api/projects/{project}/metadata-updates/{metadata_update}/cancel",
    responses((status = 200, body = MetadataUpdate)))]
pub(crate) async fn cancel_metadata_update(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, MetadataUpdateId)>,
) -> Result<Json<MetadataUpdate>> {
    Ok(Json(metadata_updates::cancel(&app, &me.actor, project, id).await?.into()))
}
