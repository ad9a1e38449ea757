//! `PATCH /api/projects/{project}/saved-queries/{saved_query}`: changing a saved query.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::saved_queries::{self, SavedQueryEdit};
use sheaf_model::{ProjectId, SavedQueryId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::SavedQuery;
use crate::wire::given::given;

/// What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeSavedQuery {
    name: Option<String>,
    query: Option<String>,
    /// `null` takes the order away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    sort: Option<Option<String>>,
    shared: Option<bool>,
}

/// Change a saved query. For its owner; a shared one also for managers.
#[utoipa::path(patch, path = "/api/projects/{project}/saved-queries/{saved_query}", responses((status = 200, body = SavedQuery)))]
pub(crate) async fn change_saved_query(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, SavedQueryId)>,
    Json(body): Json<ChangeSavedQuery>,
) -> Result<axum::Json<SavedQuery>> {
    let edit = SavedQueryEdit { name: body.name, query: body.query, sort: body.sort, shared: body.shared };
    Ok(axum::Json(saved_queries::edit(&app, &me.actor, project, id, edit).await?.into()))
}
