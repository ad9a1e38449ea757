//! `PUT /api/projects/{project}/uploads/{upload}/manifest`: staging a manifest and looking at it.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sheaf_app::App;
use sheaf_app::uploads::{self, Preview};
use sheaf_model::{ProjectId, UploadId};
use utoipa::{IntoParams, ToSchema};

use super::wire::{ColumnRole, ColumnType, UploadProblem};
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ManifestQuery {
    /// Helps to tell CSV from JSONL.
    filename: Option<String>,
}

/// What a manifest seems to be. Nothing is added before it is committed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ManifestPreview {
    rows: u64,
    /// `csv` or `jsonl`.
    format: String,
    columns: Vec<ManifestColumn>,
    /// The first five.
    #[schema(value_type = Vec<std::collections::HashMap<String, Value>>)]
    sample_rows: Vec<Map<String, Value>>,
    /// The first twenty.
    problems: Vec<UploadProblem>,
    n_problems: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ManifestColumn {
    name: String,
    #[schema(value_type = ColumnRole)]
    role: Value,
    #[serde(rename = "type")]
    #[schema(value_type = ColumnType)]
    kind: Value,
    samples: Vec<String>,
    /// Rows without a value.
    n_missing: u64,
}

impl ManifestPreview {
    fn of(preview: Preview) -> Result<Self> {
        let name = |value: serde_json::Result<Value>| {
            value.map_err(|error| ApiError::from(sheaf_app::Error::internal(error.to_string())))
        };
        let columns = preview.columns.into_iter().map(|column| {
            Ok(ManifestColumn {
                name: column.name,
                role: name(serde_json::to_value(column.role))?,
                kind: name(serde_json::to_value(column.kind))?,
                samples: column.samples,
                n_missing: column.n_missing,
            })
        });
        let format = name(serde_json::to_value(preview.format))?;
        Ok(Self {
            rows: preview.rows,
            format: format.as_str().unwrap_or_default().to_owned(),
            columns: columns.collect::<Result<_>>()?,
            sample_rows: preview.sample_rows,
            problems: preview.problems.into_iter().map(UploadProblem::from).collect(),
            n_problems: preview.n_problems,
        })
    }
}

/// Stage a CSV or JSONL manifest, in place of one that was staged before, and see what its columns seem to be.
#[utoipa::path(put, path = "/api/projects/{project}/uploads/{upload}/manifest", params(ManifestQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = ManifestPreview)))]
pub(crate) async fn put_upload_manifest(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Query(query): Query<ManifestQuery>,
    body: Body,
) -> Result<Json<ManifestPreview>> {
    let filename = query.filename.unwrap_or_default();
    let mut staging = uploads::stage_manifest(&app, &me.actor, project, upload, filename).await?;
    let mut stream = body.into_data_stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|_| ApiError::bad_request("the body was cut off"))?;
        staging.write(&bytes).await?;
    }
    Ok(Json(ManifestPreview::of(staging.finish().await?)?))
}
