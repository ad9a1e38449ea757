//! `GET /api/check`: is the data sound.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::{App, check};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CheckQuery {
    /// Make the index anew from the rows and read every content through: minutes at ten million assets.
    #[serde(default)]
    deep: bool,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct CheckReport {
    /// The first thousand; none when the data is sound.
    findings: Vec<CheckFinding>,
    n_findings: u64,
    checked: CheckedThings,
}

/// Something that is wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckFinding {
    table: &'static str,
    key: String,
    what: String,
    /// What to do about it.
    fix: &'static str,
}

/// How much was looked at.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckedThings {
    projects: u64,
    assets: u64,
    /// Chunks of the index that were made anew and compared.
    chunks: u64,
    batches: u64,
    slots: u64,
    submissions: u64,
    contents: u64,
}

impl From<check::Report> for CheckReport {
    fn from(report: check::Report) -> Self {
        let check::Checked { projects, assets, chunks, batches, slots, submissions, contents } =
            report.checked;
        let wire = |finding: check::Finding| CheckFinding {
            table: finding.table,
            key: finding.key,
            what: finding.what,
            fix: finding.fix,
        };
        Self {
            findings: report.findings.into_iter().map(wire).collect(),
            n_findings: report.n_findings,
            checked: CheckedThings { projects, assets, chunks, batches, slots, submissions, contents },
        }
    }
}

/// Check the data against itself while it is in use: one snapshot is read, nothing is changed. For admins.
#[utoipa::path(get, path = "/api/check", params(CheckQuery), responses((status = 200, body = CheckReport)))]
pub(crate) async fn check_data(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<CheckQuery>,
) -> Result<Json<CheckReport>> {
    Ok(Json(check::check(&app, &me.actor, query.deep).await?.into()))
}
