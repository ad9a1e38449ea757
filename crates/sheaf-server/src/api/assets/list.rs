//! `GET /api/projects/{project}/assets`: a page of the library.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::library::list;
use sheaf_model::ProjectId;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};
use crate::wire::{Asset, Diagnostic, PageQuery, cursor};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssetsQuery {
    /// The query; everything when it is left out.
    #[serde(default)]
    q: String,
    /// `ordinal` (the default) or a field, with `-` before it the other way round.
    sort: Option<String>,
    /// Assets on a page: 1 to 500, 50 when it is left out.
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Row to begin at, instead of a cursor: jumps anywhere.
    offset: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AssetPage {
    items: Vec<Asset>,
    next_cursor: Option<String>,
    /// Assets that the query finds.
    total: u64,
    /// Milliseconds that it took.
    took_ms: f64,
    warnings: Vec<Diagnostic>,
}

/// What a query finds, in an order. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/assets", params(AssetsQuery), responses((status = 200, body = AssetPage)))]
pub(crate) async fn list_assets(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<AssetsQuery>,
) -> Result<Json<AssetPage>> {
    let page = PageQuery::new(query.limit, query.cursor);
    let limit = page.limit()? as usize;
    let offset = match query.offset {
        Some(offset) => offset,
        None => page.after()?.map_or(0, i64::unsigned_abs),
    };
    let text = query.q.clone();
    let listed =
        list::list(&app, &me.actor, project, list::Page { query: query.q, sort: query.sort, offset, limit })
            .await?;
    let next = offset.saturating_add(listed.items.len() as u64);
    let more = next < listed.total && !listed.items.is_empty();
    Ok(Json(AssetPage {
        items: listed.items.into_iter().map(Asset::from).collect(),
        next_cursor: more.then(|| cursor(i64::try_from(next).unwrap_or(i64::MAX))),
        total: listed.total,
        took_ms: listed.took_ms,
        warnings: listed.warnings.iter().map(|warning| Diagnostic::new(warning, &text)).collect(),
    }))
}
