//! The dry run of a recipe: the funnel, facets of the picked beside those of the pool, a sample. Changes nothing.

use std::time::Instant;

use sheaf_model::{BatchId, ProjectId, QuotaFit, Recipe};
use sheaf_query::{Diagnostic, Mode};
use sheaf_select::facet::Facet;
use sheaf_select::{Builtin, FieldKey};

use super::select::{Selection, select};
use crate::library::facets::{BUCKETS, value_text};
use crate::library::fields::kind_name;
use crate::library::list::millis;
use crate::library::view::views;
use crate::library::{AssetView, Look};
use crate::{Access, Actor, App, Error, Result};

/// Assets of a sample.
pub const SAMPLE_MAX: usize = 200;
/// Facets of a dry run.
pub const FACETS_MAX: usize = 20;
/// Values of each facet.
const VALUES: usize = 8;

#[derive(Debug)]
pub struct DryRun {
    pub matched: u64,
    pub excluded: u64,
    pub excluded_by: Vec<(BatchId, String, u64)>,
    pub available: u64,
    pub picked: u64,
    pub short_by: u64,
    pub seed: Option<u64>,
    pub high_water: u32,
    pub revision: u64,
    /// Of a quota pick.
    pub fit: Option<Vec<QuotaFit>>,
    pub facets: Vec<PairedFacet>,
    pub histograms: Vec<PairedHistogram>,
    pub sample: Vec<AssetView>,
    pub warnings: Vec<Diagnostic>,
    pub took_ms: f64,
}

/// A field's values in the pool that is available, and in what was picked of it.
#[derive(Debug)]
pub struct PairedFacet {
    pub field: String,
    pub values: Vec<PairedValue>,
}

#[derive(Debug)]
pub struct PairedValue {
    pub value: String,
    pub pool: u64,
    pub picked: u64,
}

/// A numeric or time field over the pool, and over what was picked of it. Times in milliseconds since the Unix epoch.
#[derive(Debug)]
pub struct PairedHistogram {
    pub field: String,
    /// `number` or `time`.
    pub kind: &'static str,
    pub min: f64,
    pub max: f64,
    pub buckets: Vec<PairedBucket>,
}

/// Values `from <= v < to`.
#[derive(Debug)]
pub struct PairedBucket {
    pub from: f64,
    pub to: f64,
    pub pool: u64,
    pub picked: u64,
}

pub async fn dry_run(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    recipe: Recipe,
    facets: Vec<String>,
    sample: usize,
) -> Result<DryRun> {
    if facets.len() > FACETS_MAX {
        return Err(Error::invalid("too_many_fields", format!("at most {FACETS_MAX} facets at once")));
    }
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            let started = Instant::now();
            let look = Look::at(&inner, tx, project)?;
            let selection = select(&look, &recipe, Mode::Strict, None)?;
            let (mut paired, mut histograms) = (Vec::new(), Vec::new());
            for name in facets {
                // A field that is gone since the page asked is left out, the rest is still worth seeing.
                let Some(key) = look.field(&name)? else { continue };
                histograms.extend(histogram(&look, &selection, &name, &key)?);
                paired.push(facet(&look, &selection, name, &key)?);
            }
            let ordinals = spread(&selection.picked, sample.min(SAMPLE_MAX));
            let sample = views(tx, project, tx.assets(project, &ordinals)?)?;
            Ok(DryRun {
                matched: selection.matched.len(),
                excluded: selection.matched.len() - selection.available.len(),
                available: selection.available.len(),
                picked: selection.picked.len(),
                short_by: selection.short_by,
                seed: selection.recipe.pick.seed(),
                fit: selection.fit,
                high_water: look.snapshot.n_assets,
                revision: look.snapshot.revision,
                facets: paired,
                histograms,
                sample,
                excluded_by: selection
                    .excluded_by
                    .into_iter()
                    .map(|(batch, n)| (batch.id, batch.name, n))
                    .collect(),
                warnings: selection.warnings,
                took_ms: millis(started),
            })
        })
        .await
}

fn facet(look: &Look<'_>, selection: &Selection, field: String, key: &FieldKey) -> Result<PairedFacet> {
    let Facet { values, .. } = look.library().facet(key, &selection.available, VALUES)?;
    let wanted: Vec<_> = values.iter().map(|(value, _)| value.clone()).collect();
    let picked = look.library().facet_counts(key, &selection.picked, &wanted)?;
    let values = values.iter().zip(picked).map(|((value, pool), picked)| {
        Ok(PairedValue { value: value_text(look.tx, look.project, key, value)?, pool: *pool, picked })
    });
    Ok(PairedFacet { field, values: values.collect::<Result<Vec<_>>>()? })
}

fn histogram(
    look: &Look<'_>,
    selection: &Selection,
    field: &str,
    key: &FieldKey,
) -> Result<Option<PairedHistogram>> {
    // Uploads are numbers inside and names outside.
    if *key == FieldKey::Builtin(Builtin::Upload) {
        return Ok(None);
    }
    let Some(pool) = look.library().histogram(key, &selection.available, BUCKETS)? else { return Ok(None) };
    let picked = look.library().histogram_counts(key, &selection.picked, &pool)?;
    let buckets = pool.buckets.iter().zip(picked);
    let buckets =
        buckets.map(|(it, picked)| PairedBucket { from: it.from, to: it.to, pool: it.count, picked });
    Ok(Some(PairedHistogram {
        field: field.to_owned(),
        kind: kind_name(pool.kind),
        min: pool.min,
        max: pool.max,
        buckets: buckets.collect(),
    }))
}

/// `n` members spread evenly over the set.
pub(super) fn spread(members: &roaring::RoaringBitmap, n: usize) -> Vec<u32> {
    let (len, n) = (members.len(), n as u64);
    (0..n.min(len))
        .filter_map(|i| u32::try_from(i * len / n.min(len)).ok().and_then(|at| members.select(at)))
        .collect()
}
