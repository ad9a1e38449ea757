//! `GET /api/projects/{project}/complete`: what may be written at the cursor.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::library::complete;
use sheaf_model::ProjectId;
use sheaf_query::{byte_offset, utf16_span};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CompleteQuery {
    #[serde(default)]
    q: String,
    /// The cursor, in UTF-16 code units; the end when it is left out.
    at: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Completion {
    /// What an offer replaces, in UTF-16 code units.
    from: usize,
    to: usize,
    items: Vec<Offer>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Offer {
    /// What is put in.
    text: String,
    label: String,
    /// field, value, operator, keyword
    kind: String,
    /// Assets that have the value.
    count: Option<u64>,
    detail: Option<String>,
}

/// Offers at the cursor: fields, a field's most frequent values, operators. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/complete", params(CompleteQuery), responses((status = 200, body = Completion)))]
pub(crate) async fn complete_query(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<CompleteQuery>,
) -> Result<Json<Completion>> {
    let at = query.at.map_or(query.q.len(), |at| byte_offset(&query.q, at));
    let (span, offers) = complete::complete(&app, &me.actor, project, query.q.clone(), at).await?;
    let [from, to] = utf16_span(&query.q, span);
    let items = offers.into_iter().map(|offer| Offer {
        text: offer.text,
        label: offer.label,
        kind: offer.kind.to_owned(),
        count: offer.count,
        detail: offer.detail,
    });
    Ok(Json(Completion { from, to, items: items.collect() }))
}
