//! A recipe carried out on one snapshot: the pool, what is left out of it and by whom, what is picked.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, BatchKind, ExcludeScope, Pick, Recipe};
use sheaf_query::{Diagnostic, Mode};
use sheaf_select::pick;
use sheaf_store::batches::BatchRow;

use crate::library::Look;
use crate::{Error, Result, ids};

/// What a recipe selects. `available = matched - excluded`; `picked` is a part of it.
pub(crate) struct Selection {
    pub(crate) matched: RoaringBitmap,
    /// How many of the matched each batch holds, most first. They overlap when an asset is in several batches.
    pub(crate) excluded_by: Vec<(BatchRow, u64)>,
    pub(crate) available: RoaringBitmap,
    pub(crate) picked: RoaringBitmap,
    /// The recipe with its seed.
    pub(crate) recipe: Recipe,
    pub(crate) warnings: Vec<Diagnostic>,
}

impl Selection {
    /// How many more were asked for than there are.
    pub(crate) fn short_by(&self) -> u64 {
        self.recipe.pick.count().map_or(0, |count| count.saturating_sub(self.picked.len()))
    }
}

/// Carries out a recipe. `before`: only batches older than this one count as earlier (making a batch again as it was).
pub(crate) fn select(
    look: &Look<'_>,
    recipe: &Recipe,
    mode: Mode,
    before: Option<BatchId>,
) -> Result<Selection> {
    let problems = recipe.problems();
    if !problems.is_empty() {
        return Err(Error::problems("invalid_recipe", problems));
    }
    let (mut matched, warnings) = look.select(recipe.query.as_deref().unwrap_or(""), mode)?;
    if let Some(assets) = &recipe.assets {
        if let Some(foreign) = assets.iter().find(|id| id.project != look.project) {
            return Err(Error::invalid(
                "unknown_asset",
                format!("there is no asset `{foreign}` in this project"),
            ));
        }
        matched &= assets.iter().map(|id| id.ordinal).collect::<RoaringBitmap>();
    }
    let (available, excluded_by) = exclude(look, &matched, &recipe.exclude.batched, before)?;
    let (picked, pick) = match &recipe.pick {
        Pick::All => (available.clone(), Pick::All),
        Pick::First { count } => (pick::first(&available, *count), recipe.pick.clone()),
        Pick::Last { count } => (pick::last(&available, *count), recipe.pick.clone()),
        Pick::Random { count, seed } => {
            let seed = seed.map_or_else(ids::seed, Ok)?;
            (pick::random(&available, *count, seed), Pick::Random { count: *count, seed: Some(seed) })
        }
    };
    let recipe = Recipe { pick, ..recipe.clone() };
    Ok(Selection { matched, excluded_by, available, picked, recipe, warnings })
}

fn exclude(
    look: &Look<'_>,
    matched: &RoaringBitmap,
    scope: &ExcludeScope,
    before: Option<BatchId>,
) -> Result<(RoaringBitmap, Vec<(BatchRow, u64)>)> {
    let earlier: Vec<BatchRow> = look
        .tx
        .batches(look.project)?
        .into_iter()
        .filter(|batch| before.is_none_or(|before| batch.id < before))
        .collect();
    let chosen: Vec<BatchRow> = match scope {
        ExcludeScope::None => return Ok((matched.clone(), Vec::new())),
        ExcludeScope::Any => earlier.into_iter().filter(BatchRow::counts_as_included).collect(),
        ExcludeScope::Launched => earlier.into_iter().filter(|batch| batch.launched.is_some()).collect(),
        ExcludeScope::Production => earlier
            .into_iter()
            .filter(|batch| batch.kind == BatchKind::Production && batch.counts_as_included())
            .collect(),
        ExcludeScope::Submitted => {
            let answered = look.tx.answered(look.project)?;
            return Ok((matched - answered, Vec::new()));
        }
        ExcludeScope::Batches(names) => {
            if let Some(name) = names.iter().find(|name| !earlier.iter().any(|batch| batch.name == **name)) {
                return Err(Error::invalid(
                    "unknown_batch",
                    format!("there is no batch `{name}` to leave out"),
                ));
            }
            earlier.into_iter().filter(|batch| names.contains(&batch.name)).collect()
        }
    };
    let mut available = matched.clone();
    let mut by = Vec::new();
    for batch in chosen {
        let mut members = look.tx.batch_members(look.project, batch.id)?;
        if batch.state == sheaf_model::BatchState::Cancelled {
            // A task that was cancelled before anyone touched it was never included.
            members &= look.tx.touched(look.project, batch.id)?;
        }
        let n = members.intersection_len(matched);
        if n > 0 {
            available -= members;
            by.push((batch, n));
        }
    }
    by.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.id.cmp(&a.0.id)));
    Ok((available, by))
}
