//! `GET /api/projects/{project}/assets/{asset}/thumbnail`: the small picture that was made at import.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sheaf_app::App;
use sheaf_app::library::content::{Content, thumbnail};
use sheaf_model::{AssetId, ProjectId};

use super::content::serve;
use crate::Options;
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::Ids;

/// The thumbnail of an image. For managers, reviewers, and whoever has a task on it.
#[utoipa::path(get, path = "/api/projects/{project}/assets/{asset}/thumbnail",
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
pub(crate) async fn get_thumbnail(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids((project, asset)): Ids<(ProjectId, AssetId)>,
    headers: HeaderMap,
) -> Result<Response> {
    match thumbnail(&app, &me.actor, project, asset).await? {
        Content::File(file) => serve(&app, &options, file, &headers).await,
        Content::Text { .. } => Err(ApiError::not_found("thumbnail")),
    }
}
