//! `PUT /api/projects/{project}/answers`: bringing in answers that people gave elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sheaf_app::{App, answers};
use sheaf_model::{BatchId, ProjectId};
use utoipa::{IntoParams, ToSchema};

use crate::Options;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::rows::{Form, receive};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PutAnswersQuery {
    /// Name of a new batch, or of one that was made by bringing answers in.
    batch: String,
    /// Write nothing, and say what would be.
    #[serde(default)]
    dry_run: bool,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) struct PutAnswers {
    items: Vec<AnswerRow>,
}

/// An answer. Its asset is named by `asset_id`, by `reference_id`, or by `upload` (id or name) and `path`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) struct AnswerRow {
    asset_id: Option<String>,
    reference_id: Option<String>,
    upload: Option<String>,
    path: Option<String>,
    /// Who gave it there: up to 200 characters. Nobody who has an account here.
    annotator: String,
    /// When, in RFC 3339; the time of the call when it is left out.
    answered_at: Option<String>,
    response: BroughtResponse,
    /// Refused when it is not the one in force.
    taxonomy_version: Option<i64>,
}

/// A whole answer. Annotations may lack their `uuid`s.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) struct BroughtResponse {
    #[schema(required = false)]
    annotations: Vec<HashMap<String, Value>>,
    #[schema(required = false)]
    fields: HashMap<String, Value>,
}

/// What became of the rows: `rows = added + unchanged + refused`.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswersWritten {
    rows: u64,
    added: u64,
    /// Were there already.
    unchanged: u64,
    refused: u64,
    /// What is wrong with the refused rows; the first 1,000.
    problems: Vec<AnswerProblem>,
    /// The batch that the answers are in; `null` when there is none yet.
    #[schema(value_type = Option<String>)]
    batch_id: Option<BatchId>,
    /// Nothing was written.
    dry_run: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerProblem {
    /// The line of the file, or the place in `items`; from 1.
    row: u64,
    /// In the row.
    #[schema(examples("response.annotations[0].label"))]
    path: String,
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

impl AnswersWritten {
    fn of(report: answers::Report, dry_run: bool) -> Self {
        let problems = report.problems.into_iter().map(|it| AnswerProblem {
            row: it.row,
            path: it.path,
            message: it.message,
            hint: it.hint,
        });
        Self {
            rows: report.rows,
            added: report.added,
            unchanged: report.unchanged,
            refused: report.refused,
            problems: problems.collect(),
            batch_id: report.batch,
            dry_run,
        }
    }
}

/// Bring in answers that people gave elsewhere: one for each asset and annotator, into a batch of their own whose tasks are done. JSON
/// lines of any number, or `{"items": [...]}`. A row that is wrong is refused and told, the others are written; sent again, nothing
/// changes. They count as answers, and as nobody's work here. For managers.
#[utoipa::path(put, path = "/api/projects/{project}/answers", params(PutAnswersQuery),
    request_body(content((PutAnswers = "application/json"), (Vec<u8> = "application/jsonl"))),
    responses((status = 200, body = AnswersWritten)))]
pub(crate) async fn put_answers(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<PutAnswersQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<AnswersWritten>> {
    let form = Form::of(&headers)?;
    let dry_run = query.dry_run;
    let put = answers::Put::begin(&app, &me.actor, project, &query.batch, dry_run).await?;
    Ok(Json(AnswersWritten::of(receive(put, form, body, &options).await?, dry_run)))
}
