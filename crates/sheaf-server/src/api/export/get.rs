//! `GET /api/projects/{project}/export`: answers, streamed.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::export::{self, Format, Spec};
use sheaf_model::{BatchId, ProjectId};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::MergeRule;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExportQuery {
    #[param(value_type = ExportFormat, inline)]
    format: Format,
    /// The query; everything when it is left out.
    #[serde(default)]
    q: String,
    /// Only the tasks of this batch.
    #[param(value_type = Option<String>)]
    batch: Option<BatchId>,
    /// `labelled` (the default), or `all` for what has no answer too.
    #[param(inline)]
    answers: Option<Answers>,
    /// One answer a task instead of every one that stands: `majority`, or `reviewer` for what a reviewer put in the place
    /// of several. A reviewer's version is the answer under both.
    #[param(inline)]
    merged: Option<MergeRule>,
    /// Of JSONL: also what models and tools said of each asset beforehand, under `prelabels`.
    #[param(inline)]
    with: Option<With>,
}

#[derive(ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) enum ExportFormat {
    Jsonl,
    Csv,
    Coco,
    LabelStudio,
    Yolo,
    Voc,
    GroundTruth,
    Parquet,
}

#[derive(Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answers {
    Labelled,
    All,
}

#[derive(Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum With {
    Prelabels,
}

/// The answers of a project, a batch or a query, as a download. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/export", params(ExportQuery),
    responses((status = 200, content_type = "*/*", body = Vec<u8>)))]
pub(crate) async fn get_export(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<ExportQuery>,
) -> Result<Response> {
    let all = query.answers == Some(Answers::All);
    let merged = query.merged.map(Into::into);
    let prelabels = query.with == Some(With::Prelabels);
    let spec = Spec { format: query.format, query: query.q, batch: query.batch, all, merged, prelabels };
    let export = export::export(&app, &me.actor, project, spec).await?;
    // An error in the middle cuts the body off: the client sees a broken transfer, never a short file that looks whole.
    let pieces = ReceiverStream::new(export.pieces).map(|piece| {
        piece.map_err(|error| {
            tracing::error!(%error, "an export broke off");
            std::io::Error::other(error.to_string())
        })
    });
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(export.content_type));
    let ascii: String = export.file_name.chars().map(|c| if c.is_ascii() { c } else { '-' }).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{ascii}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
