//! `POST /api/projects/{project}/select`: the dry run of a recipe. Changes nothing.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::batches::dry_run::{self, PairedBucket, PairedFacet, PairedHistogram};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::pick::QuotaFit;
use crate::wire::{Asset, Diagnostic, Edge, Recipe, Ref};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DryRunRequest {
    recipe: Recipe,
    /// Fields to compare, at most 20.
    #[serde(default)]
    facets: Vec<String>,
    /// Assets of the sample, at most 200; none when it is left out.
    #[serde(default)]
    sample: u32,
}

/// The funnel: matched, minus excluded, is available; picked is a part of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct DryRun {
    matched: u64,
    excluded: u64,
    /// Which batches hold them; they overlap when an asset is in several.
    excluded_by: Vec<ExcludedBy>,
    available: u64,
    picked: u64,
    /// How many more were asked for than there are.
    short_by: u64,
    /// Of a random pick or a quota; hand it in again for the same assets.
    seed: Option<u64>,
    high_water: u32,
    revision: u64,
    took_ms: f64,
    /// Of a quota.
    #[schema(value_type = Option<Vec<QuotaFit>>)]
    fit: Option<Vec<sheaf_model::QuotaFit>>,
    facets: Vec<DryRunFacet>,
    /// Of those of the fields that hold numbers or times.
    histograms: Vec<DryRunHistogram>,
    sample: Vec<Asset>,
    warnings: Vec<Diagnostic>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ExcludedBy {
    batch: Ref,
    count: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DryRunFacet {
    field: String,
    values: Vec<DryRunValue>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DryRunValue {
    value: String,
    /// Among the available.
    pool: u64,
    picked: u64,
}

/// A field over the available, and over what is picked of them.
#[derive(Serialize, ToSchema)]
pub(crate) struct DryRunHistogram {
    field: String,
    /// `number` or `time`.
    kind: String,
    min: Edge,
    max: Edge,
    buckets: Vec<DryRunBucket>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DryRunBucket {
    from: Edge,
    /// Excluded.
    to: Edge,
    /// Among the available.
    pool: u64,
    picked: u64,
}

/// What a recipe would pick. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/select", responses((status = 200, body = DryRun)))]
pub(crate) async fn dry_run(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<DryRunRequest>,
) -> Result<axum::Json<DryRun>> {
    let text = body.recipe.query.clone().unwrap_or_default();
    let (recipe, sample) = (body.recipe.into(), body.sample as usize);
    let run = dry_run::dry_run(&app, &me.actor, project, recipe, body.facets, sample).await?;
    Ok(axum::Json(DryRun {
        matched: run.matched,
        excluded: run.excluded,
        excluded_by: run
            .excluded_by
            .into_iter()
            .map(|(id, name, count)| ExcludedBy { batch: Ref { id: id.to_string(), name }, count })
            .collect(),
        available: run.available,
        picked: run.picked,
        short_by: run.short_by,
        seed: run.seed,
        high_water: run.high_water,
        revision: run.revision,
        took_ms: run.took_ms,
        fit: run.fit,
        facets: run.facets.into_iter().map(facet).collect(),
        histograms: run.histograms.into_iter().map(histogram).collect(),
        sample: run.sample.into_iter().map(Asset::from).collect(),
        warnings: run.warnings.iter().map(|warning| Diagnostic::new(warning, &text)).collect(),
    }))
}

fn facet(facet: PairedFacet) -> DryRunFacet {
    let values =
        facet.values.into_iter().map(|it| DryRunValue { value: it.value, pool: it.pool, picked: it.picked });
    DryRunFacet { field: facet.field, values: values.collect() }
}

fn histogram(histogram: PairedHistogram) -> DryRunHistogram {
    let edge = |value| Edge::of(histogram.kind, value);
    let bucket = |it: PairedBucket| DryRunBucket {
        from: edge(it.from),
        to: edge(it.to),
        pool: it.pool,
        picked: it.picked,
    };
    DryRunHistogram {
        field: histogram.field,
        kind: histogram.kind.to_owned(),
        min: edge(histogram.min),
        max: edge(histogram.max),
        buckets: histogram.buckets.into_iter().map(bucket).collect(),
    }
}
