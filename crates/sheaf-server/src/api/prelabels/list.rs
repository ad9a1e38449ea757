//! `GET /api/projects/{project}/prelabels`: whose pre-labels there are.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::{App, prelabels::sources};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::Time;

#[derive(Serialize, ToSchema)]
pub(crate) struct PrelabelSources {
    /// By name; at most 200.
    items: Vec<PrelabelSource>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PrelabelSource {
    source: String,
    /// Assets that it says something of.
    n_assets: u64,
    /// When the last of it was written.
    written_at: Time,
}

/// The sources that the project has pre-labels of. What they say of an asset is with the asset. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/prelabels", responses((status = 200, body = PrelabelSources)))]
pub(crate) async fn list_prelabel_sources(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<Json<PrelabelSources>> {
    let items = sources::list(&app, &me.actor, project).await?.into_iter().map(|row| PrelabelSource {
        source: row.source,
        n_assets: row.n.max(0).unsigned_abs(),
        written_at: row.written.into(),
    });
    Ok(Json(PrelabelSources { items: items.collect() }))
}
