//! `PATCH /api/projects/{project}/assets/{asset}`: changing the metadata of one asset.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use sheaf_app::App;
use sheaf_app::library::edit;
use sheaf_model::{AssetId, ProjectId};
use utoipa::ToSchema;

use super::get::AssetDetail;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatchAsset {
    /// A merge patch (RFC 7396): null removes a field, what is not named stays.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    metadata: Map<String, Value>,
}

/// Change the metadata of one asset; the next query sees it.
#[utoipa::path(patch, path = "/api/projects/{project}/assets/{asset}", responses((status = 200, body = AssetDetail)))]
pub(crate) async fn patch_asset(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, AssetId)>,
    Json(body): Json<PatchAsset>,
) -> Result<axum::Json<AssetDetail>> {
    let detail = edit::patch_metadata(&app, &me.actor, project, id, body.metadata).await?;
    Ok(axum::Json(detail.into()))
}
