//! A recipe carried out on one snapshot: the pool, what is left out of it and by whom, what is picked.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, BatchKind, BatchState, ExcludeScope, QuotaFit, Recipe};
use sheaf_query::{Diagnostic, Mode};
use sheaf_store::batches::BatchRow;

use super::StoredRecipe;
use super::pick::{part, picked};
use crate::library::Look;
use crate::{Error, Result};

/// What a recipe selects. `available = matched - excluded`; `picked` is a part of it.
pub(crate) struct Selection {
    pub(crate) matched: RoaringBitmap,
    /// How many of the matched each batch holds, most first. They overlap when an asset is in several batches.
    pub(crate) excluded_by: Vec<(BatchRow, u64)>,
    pub(crate) available: RoaringBitmap,
    pub(crate) picked: RoaringBitmap,
    /// The recipe with its seed.
    pub(crate) recipe: Recipe,
    /// How many more were asked for than there are.
    pub(crate) short_by: u64,
    /// Of a quota pick.
    pub(crate) fit: Option<Vec<QuotaFit>>,
    pub(crate) warnings: Vec<Diagnostic>,
}

/// What a recipe is asked of, when it is not simply the library.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The batch whose recipe it is.
    pub(crate) batch: &'a BatchRow,
    /// Leave the batch, and those that it was split from the same one with, out of account.
    pub(crate) forget: bool,
    /// Of [`StoredRecipe::family`].
    pub(crate) family: Option<BatchId>,
    /// What the steps before have made: it counts as in the batch.
    pub(crate) so_far: &'a RoaringBitmap,
    /// Only these assets.
    pub(crate) within: Option<&'a RoaringBitmap>,
}

/// Carries out a recipe.
pub(crate) fn select(
    look: &Look<'_>,
    recipe: &Recipe,
    mode: Mode,
    frame: Option<Frame<'_>>,
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
    if let Some(within) = frame.and_then(|frame| frame.within) {
        matched &= within;
    }
    let (available, excluded_by) = exclude(look, &matched, &recipe.exclude.batched, frame)?;
    let picked = picked(look, &available, &recipe.pick, mode)?;
    let short_by = picked.pick.count().map_or(0, |count| count.saturating_sub(picked.members.len()));
    let members = match &recipe.part {
        Some(of) => part(look, &picked.members, of, mode)?,
        None => picked.members,
    };
    let recipe = Recipe { pick: picked.pick, ..recipe.clone() };
    Ok(Selection {
        matched,
        excluded_by,
        available,
        picked: members,
        recipe,
        short_by,
        fit: picked.fit,
        warnings,
    })
}

fn exclude(
    look: &Look<'_>,
    matched: &RoaringBitmap,
    scope: &ExcludeScope,
    frame: Option<Frame<'_>>,
) -> Result<(RoaringBitmap, Vec<(BatchRow, u64)>)> {
    if *scope == ExcludeScope::None {
        return Ok((matched.clone(), Vec::new()));
    }
    let batches = look.tx.batches(look.project)?;
    if let ExcludeScope::Batches(names) = scope
        && let Some(name) = names.iter().find(|name| !batches.iter().any(|batch| batch.name == **name))
    {
        let message = format!("there is no batch `{name}` to leave out");
        return Err(Error::invalid("unknown_batch", message));
    }
    let mut available = matched.clone();
    if let Some(frame) = frame.filter(|frame| counts(scope, frame.batch)) {
        available -= frame.so_far;
    }
    let mut by = Vec::new();
    for batch in batches {
        if forgotten(&batch, frame)? {
            continue;
        }
        let members = if *scope == ExcludeScope::Submitted {
            look.tx.answered_in(look.project, batch.id)?
        } else if !counts(scope, &batch) {
            continue;
        } else if batch.state == BatchState::Cancelled {
            // A task that was cancelled before anyone touched it was never included.
            look.tx.batch_members(look.project, batch.id)? & look.tx.touched(look.project, batch.id)?
        } else {
            look.tx.batch_members(look.project, batch.id)?
        };
        let n = members.intersection_len(matched);
        if n > 0 {
            available -= members;
            by.push((batch, n));
        }
    }
    by.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.id.cmp(&a.0.id)));
    Ok((available, by))
}

/// Whether the members of a batch are left out.
fn counts(scope: &ExcludeScope, batch: &BatchRow) -> bool {
    match scope {
        ExcludeScope::None | ExcludeScope::Submitted => false,
        ExcludeScope::Any => batch.counts_as_included(),
        ExcludeScope::Launched => batch.launched.is_some(),
        ExcludeScope::Production => batch.kind == BatchKind::Production && batch.counts_as_included(),
        ExcludeScope::Batches(names) => names.contains(&batch.name),
    }
}

fn forgotten(batch: &BatchRow, frame: Option<Frame<'_>>) -> Result<bool> {
    let Some(frame) = frame.filter(|frame| frame.forget) else { return Ok(false) };
    if batch.id == frame.batch.id {
        return Ok(true);
    }
    Ok(frame.family.is_some() && StoredRecipe::parse(&batch.recipe)?.family == frame.family)
}
