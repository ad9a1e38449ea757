//! `GET /api/projects/{project}/uploads/{upload}/report`: what was refused, and why.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sheaf_app::{App, uploads};
use sheaf_model::{ProjectId, UploadId};
use utoipa::IntoParams;

use super::wire::UploadProblem;
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, Query};
use crate::wire::{Page, PageQuery};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// Problems on a page: 1 to 500, 50 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `csv` for the whole report as a file.
    format: Option<String>,
}

/// What was refused; the first 10,000 are kept, `total` counts all. With `format=csv`, a file for a spreadsheet.
#[utoipa::path(get, path = "/api/projects/{project}/uploads/{upload}/report", params(ReportQuery),
    responses((status = 200, body = Page<UploadProblem>)))]
pub(crate) async fn get_upload_report(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Query(query): Query<ReportQuery>,
) -> Result<Response> {
    match query.format.as_deref() {
        None | Some("json" | "") => {}
        Some("csv") => {
            let text = uploads::report_csv(&app, &me.actor, project, upload).await?;
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"upload-report.csv\""),
            ];
            return Ok((headers, text).into_response());
        }
        Some(_) => return Err(ApiError::invalid("format", "must be json or csv")),
    }
    let page = PageQuery::new(query.limit, query.cursor);
    let after = page.after()?.unwrap_or(0);
    let found = uploads::report(&app, &me.actor, project, upload, after, page.limit()?).await?;
    let items: Vec<UploadProblem> = found.items.into_iter().map(UploadProblem::from).collect();
    Ok(Json(Page::new(items, found.next, found.total.unsigned_abs())).into_response())
}
