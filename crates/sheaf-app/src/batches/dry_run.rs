//! The dry run of a recipe: the funnel, facets of the picked beside those of the pool, a sample. Changes nothing.

use std::time::Instant;

use sheaf_model::{BatchId, ProjectId, Recipe};
use sheaf_query::{Diagnostic, Mode};
use sheaf_select::facet::Facet;

use super::select::select;
use crate::library::facets::value_text;
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
    pub facets: Vec<PairedFacet>,
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
            let mut paired = Vec::new();
            for name in facets {
                // A field that is gone since the page asked is left out, the rest is still worth seeing.
                let Some(key) = look.field(&name)? else { continue };
                let Facet { values, .. } = look.library().facet(&key, &selection.available, VALUES)?;
                let wanted: Vec<_> = values.iter().map(|(value, _)| value.clone()).collect();
                let picked = look.library().facet_counts(&key, &selection.picked, &wanted)?;
                let mut out = Vec::new();
                for ((value, pool), picked) in values.iter().zip(picked) {
                    out.push(PairedValue {
                        value: value_text(tx, project, &key, value)?,
                        pool: *pool,
                        picked,
                    });
                }
                paired.push(PairedFacet { field: name, values: out });
            }
            let ordinals = spread(&selection.picked, sample.min(SAMPLE_MAX));
            let sample = views(tx, project, tx.assets(project, &ordinals)?)?;
            Ok(DryRun {
                matched: selection.matched.len(),
                excluded: selection.matched.len() - selection.available.len(),
                available: selection.available.len(),
                picked: selection.picked.len(),
                short_by: selection.short_by(),
                seed: match selection.recipe.pick {
                    sheaf_model::Pick::Random { seed, .. } => seed,
                    _ => None,
                },
                high_water: look.snapshot.n_assets,
                revision: look.snapshot.revision,
                facets: paired,
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

/// `n` members spread evenly over the set.
fn spread(members: &roaring::RoaringBitmap, n: usize) -> Vec<u32> {
    let (len, n) = (members.len(), n as u64);
    (0..n.min(len))
        .filter_map(|i| u32::try_from(i * len / n.min(len)).ok().and_then(|at| members.select(at)))
        .collect()
}
