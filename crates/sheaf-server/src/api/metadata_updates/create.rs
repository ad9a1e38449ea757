//! `POST /api/projects/{project}/metadata-updates`: beginning a bulk update.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Map, Value};
use sheaf_app::App;
use sheaf_app::metadata_updates::{self, FileFormat, Selected};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use super::wire::MetadataUpdate;
use crate::Options;
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, from_json};

/// One patch for many assets. Exactly one of `query` and `assets` says which.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateMetadata {
    /// All that it finds when the update begins.
    query: Option<String>,
    /// Ids of assets.
    assets: Option<Vec<String>>,
    /// A merge patch (RFC 7396): null removes a field.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    metadata: Map<String, Value>,
}

/// Change the metadata of many assets, in the background: one merge patch for what a query finds or for a list of assets
/// (JSON), or a file with a patch a row: JSONL with `{"id" or "ref": "...", "metadata": {...}}`, or CSV with a column `id` or
/// `ref` and one for each field, where an empty cell changes nothing. Ask for it until its state is no longer `running`.
#[utoipa::path(post, path = "/api/projects/{project}/metadata-updates",
    request_body(content((UpdateMetadata = "application/json"), (Vec<u8> = "application/jsonl"), (Vec<u8> = "text/csv"))),
    responses((status = 202, body = MetadataUpdate)))]
pub(crate) async fn create_metadata_update(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, axum::Json<MetadataUpdate>)> {
    let update = match format(&headers)? {
        None => {
            let bytes = axum::body::to_bytes(body, options.json_bytes_max)
                .await
                .map_err(|_| ApiError::too_large(options.json_bytes_max).hint("send the assets as JSONL"))?;
            let UpdateMetadata { query, assets, metadata } = from_json(&bytes)?;
            let selected = Selected { query, assets };
            metadata_updates::update_selected(&app, &me.actor, project, selected, metadata).await?
        }
        Some(format) => {
            let mut staging = metadata_updates::stage(&app, &me.actor, project, format).await?;
            let mut stream = body.into_data_stream();
            while let Some(bytes) = stream.next().await {
                let bytes = bytes.map_err(|_| ApiError::bad_request("the body was cut off"))?;
                staging.write(&bytes).await?;
            }
            staging.finish().await?
        }
    };
    Ok((StatusCode::ACCEPTED, axum::Json(update.into())))
}

/// The form of the body, by its type; `None` is JSON.
fn format(headers: &HeaderMap) -> Result<Option<FileFormat>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(None),
        "application/jsonl" | "application/x-ndjson" | "application/ndjson" => Ok(Some(FileFormat::Jsonl)),
        "text/csv" => Ok(Some(FileFormat::Csv)),
        _ => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the header Content-Type must be application/json, application/jsonl or text/csv",
        )),
    }
}
