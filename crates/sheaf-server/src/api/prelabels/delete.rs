//! `DELETE /api/projects/{project}/prelabels?source=`: removing what a source says.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::{App, prelabels::sources};
use sheaf_model::ProjectId;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeletePrelabelsQuery {
    source: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PrelabelsDeleted {
    deleted: u64,
}

/// Remove every pre-label of a source. Answers that began with them stay as they are. For managers.
#[utoipa::path(delete, path = "/api/projects/{project}/prelabels", params(DeletePrelabelsQuery),
    responses((status = 200, body = PrelabelsDeleted)))]
pub(crate) async fn delete_prelabels(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<DeletePrelabelsQuery>,
) -> Result<Json<PrelabelsDeleted>> {
    let deleted = sources::delete(&app, &me.actor, project, query.source).await?;
    Ok(Json(PrelabelsDeleted { deleted }))
}
