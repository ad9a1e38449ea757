//! `PUT /api/projects/{project}/prelabels`: bringing in what a model or another tool says.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sheaf_app::{App, prelabels};
use sheaf_model::ProjectId;
use utoipa::{IntoParams, ToSchema};

use crate::Options;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::rows::{Form, receive};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PutPrelabelsQuery {
    /// Of rows that name none.
    source: Option<String>,
    /// Write nothing, and say what would be.
    #[serde(default)]
    dry_run: bool,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) struct PutPrelabels {
    items: Vec<PrelabelRow>,
}

/// A pre-label. Its asset is named by `asset_id`, by `reference_id`, or by `upload` (id or name) and `path`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) struct PrelabelRow {
    asset_id: Option<String>,
    reference_id: Option<String>,
    upload: Option<String>,
    path: Option<String>,
    /// Name of the model or tool: up to 100 characters.
    source: Option<String>,
    /// How sure it is.
    score: Option<f64>,
    response: PrelabelResponse,
    /// Refused when it is not the one in force.
    taxonomy_version: Option<i64>,
}

/// An answer that may lack what is required, and the `uuid`s of annotations.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) struct PrelabelResponse {
    #[schema(required = false)]
    annotations: Vec<HashMap<String, Value>>,
    #[schema(required = false)]
    fields: HashMap<String, Value>,
}

/// What became of the rows: `rows = added + replaced + unchanged + refused`.
#[derive(Serialize, ToSchema)]
pub(crate) struct PrelabelsWritten {
    rows: u64,
    added: u64,
    /// Took the place of what the source said of the asset before.
    replaced: u64,
    /// Were there already.
    unchanged: u64,
    refused: u64,
    /// What is wrong with the refused rows; the first 1,000.
    problems: Vec<PrelabelProblem>,
    /// Whose the rows are that were not refused.
    sources: Vec<String>,
    /// Nothing was written.
    dry_run: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PrelabelProblem {
    /// The line of the file, or the place in `items`; from 1.
    row: u64,
    /// In the row.
    #[schema(examples("response.annotations[0].label"))]
    path: String,
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

impl PrelabelsWritten {
    fn of(report: prelabels::Report, dry_run: bool) -> Self {
        let problems = report.problems.into_iter().map(|it| PrelabelProblem {
            row: it.row,
            path: it.path,
            message: it.message,
            hint: it.hint,
        });
        Self {
            rows: report.rows,
            added: report.added,
            replaced: report.replaced,
            unchanged: report.unchanged,
            refused: report.refused,
            problems: problems.collect(),
            sources: report.sources,
            dry_run,
        }
    }
}

/// Write pre-labels: one for each asset and source, in the place of the one before. JSON lines of any number, or
/// `{"items": [...]}`. A row that is wrong is refused and told, the others are written; sent again, nothing changes. For
/// managers.
#[utoipa::path(put, path = "/api/projects/{project}/prelabels", params(PutPrelabelsQuery),
    request_body(content((PutPrelabels = "application/json"), (Vec<u8> = "application/jsonl"))),
    responses((status = 200, body = PrelabelsWritten)))]
pub(crate) async fn put_prelabels(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PutPrelabelsQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PrelabelsWritten>> {
    let form = Form::of(&headers)?;
    let dry_run = query.dry_run;
    let put = prelabels::Put::begin(&app, &me.actor, project, query.source, dry_run).await?;
    Ok(Json(PrelabelsWritten::of(receive(put, form, body, &options).await?, dry_run)))
}
