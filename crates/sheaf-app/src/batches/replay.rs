//! The recipe of a batch carried out once more on the library as it is now, with all that was appended and removed.

use roaring::RoaringBitmap;
use sheaf_model::RevisionAction;
use sheaf_query::Mode;
use sheaf_store::batches::BatchRow;

use super::StoredRecipe;
use super::pick::part;
use super::select::{Frame, select};
use super::stored::Step;
use crate::Result;
use crate::library::Look;

/// Whether the batch itself counts as an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Itself {
    /// Another batch is made of its recipe.
    Counts,
    /// It is asked what it would be if it were made now; those it was split with are forgotten too.
    Forgotten,
}

/// What a batch's recipe makes now, and that recipe as it is then to be stored.
pub(super) fn replay(
    look: &Look<'_>,
    batch: &BatchRow,
    stored: &StoredRecipe,
    itself: Itself,
) -> Result<(RoaringBitmap, StoredRecipe)> {
    let nothing = RoaringBitmap::new();
    let frame = Frame {
        batch,
        forget: itself == Itself::Forgotten,
        family: stored.family,
        so_far: &nothing,
        within: None,
    };
    if stored.steps.is_empty() {
        let selection = select(look, &stored.recipe, Mode::Stored, Some(frame))?;
        let again = StoredRecipe::of(look, &selection);
        return Ok((selection.picked, again));
    }
    let mut members = RoaringBitmap::new();
    let mut steps = Vec::with_capacity(stored.steps.len());
    for step in &stored.steps {
        let again = match step.action {
            RevisionAction::Created => {
                let inner = StoredRecipe { family: stored.family, ..step.recipe.clone() };
                let (made, again) = replay(look, batch, &inner, itself)?;
                members = made;
                again
            }
            RevisionAction::Appended => {
                let frame = Frame { so_far: &members, ..frame };
                let selection = select(look, &step.recipe.recipe, Mode::Stored, Some(frame))?;
                members |= &selection.picked;
                StoredRecipe::of(look, &selection)
            }
            RevisionAction::Removed => {
                let frame = Frame { forget: true, within: Some(&members), ..frame };
                let selection = select(look, &step.recipe.recipe, Mode::Stored, Some(frame))?;
                let again = StoredRecipe::of(look, &selection);
                members -= selection.picked;
                again
            }
        };
        steps.push(Step { action: step.action, recipe: again });
    }
    if let Some(of) = &stored.recipe.part {
        members = part(look, &members, of, Mode::Stored)?;
    }
    let now = StoredRecipe {
        high_water: look.snapshot.n_assets,
        library_revision: i64::try_from(look.snapshot.revision).unwrap_or(i64::MAX),
        steps,
        family: None,
        ..stored.clone()
    };
    Ok((members, now))
}
