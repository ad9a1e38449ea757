//! `POST /api/projects/{project}/facets`: the values of fields over what a query finds. Changes nothing; it is a POST
//! because the list of fields may be long.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::library::facets;
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Edge;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FacetsRequest {
    #[serde(default)]
    q: String,
    /// Fields as they are written in a query, at most 50.
    fields: Vec<String>,
    /// Values of each: 1 to 100, 10 when it is left out.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Facets {
    /// Assets that the query finds.
    total: u64,
    took_ms: f64,
    facets: Vec<Facet>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Facet {
    field: String,
    /// Assets that have the field, and that lack it.
    count: u64,
    missing: u64,
    values: Vec<FacetValue>,
    /// Other values beyond the listed ones.
    more: u64,
    histogram: Option<Histogram>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FacetValue {
    value: String,
    count: u64,
    /// The term that finds it.
    query: String,
}

/// Of numbers or of times.
#[derive(Serialize, ToSchema)]
pub(crate) struct Histogram {
    /// `number` or `time`.
    kind: String,
    min: Edge,
    max: Edge,
    buckets: Vec<Bucket>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Bucket {
    from: Edge,
    /// Excluded.
    to: Edge,
    count: u64,
    query: String,
}

/// The values of fields over what a query finds. For managers and reviewers.
#[utoipa::path(post, path = "/api/projects/{project}/facets", responses((status = 200, body = Facets)))]
pub(crate) async fn get_facets(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<FacetsRequest>,
) -> Result<axum::Json<Facets>> {
    let limit = body.limit.unwrap_or(10) as usize;
    let found = facets::facets(&app, &me.actor, project, body.q, body.fields, limit).await?;
    Ok(axum::Json(Facets {
        total: found.total,
        took_ms: found.took_ms,
        facets: found.facets.into_iter().map(Facet::from).collect(),
    }))
}

impl From<facets::FieldFacet> for Facet {
    fn from(facet: facets::FieldFacet) -> Self {
        let value = |it: facets::FacetValue| FacetValue { value: it.value, count: it.count, query: it.query };
        let histogram = facet.histogram.map(|it| {
            let bucket = |bucket: facets::FacetBucket| Bucket {
                from: Edge::of(it.kind, bucket.from),
                to: Edge::of(it.kind, bucket.to),
                count: bucket.count,
                query: bucket.query,
            };
            Histogram {
                kind: it.kind.to_owned(),
                min: Edge::of(it.kind, it.min),
                max: Edge::of(it.kind, it.max),
                buckets: it.buckets.into_iter().map(bucket).collect(),
            }
        });
        Self {
            field: facet.field,
            count: facet.count,
            missing: facet.missing,
            values: facet.values.into_iter().map(value).collect(),
            more: facet.more,
            histogram,
        }
    }
}
