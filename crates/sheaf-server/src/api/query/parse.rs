//! `GET /api/projects/{project}/parse`: a query read, for underlining and chips.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::library::parse;
use sheaf_model::ProjectId;
use sheaf_query::utf16_span;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::Diagnostic;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ParseQuery {
    #[serde(default)]
    q: String,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ParsedQuery {
    /// The query in its normal form.
    normal: String,
    diagnostics: Vec<Diagnostic>,
    /// The terms that are joined by AND.
    chips: Vec<Chip>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Chip {
    text: String,
    /// Where in the query, in UTF-16 code units.
    span: [usize; 2],
}

/// A query read against the project's fields. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/parse", params(ParseQuery), responses((status = 200, body = ParsedQuery)))]
pub(crate) async fn parse_query(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<ParseQuery>,
) -> Result<Json<ParsedQuery>> {
    let parsed = parse::parse(&app, &me.actor, project, query.q).await?;
    let chips = parsed
        .chips
        .iter()
        .map(|chip| Chip { text: chip.text.clone(), span: utf16_span(&parsed.text, chip.span) });
    Ok(Json(ParsedQuery {
        chips: chips.collect(),
        diagnostics: parsed.diagnostics.iter().map(|it| Diagnostic::new(it, &parsed.text)).collect(),
        normal: parsed.normal,
    }))
}
