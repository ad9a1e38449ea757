//! How many new matches wait for a standing batch.

use sheaf_model::{RunCause, Trigger};
use sheaf_query::Mode;
use sheaf_store::standing_batches::StandingBatchRow;

use super::run::recipe_at;
use crate::Result;
use crate::batches::select::select;
use crate::library::Look;

/// Matches that the exclusion leaves over and that no run has counted; `None` when it does not wait for any.
pub(super) fn waiting(look: &Look<'_>, row: &StandingBatchRow) -> Result<Option<u64>> {
    if !matches!(row.plan.trigger, Trigger::Matches { .. }) {
        return Ok(None);
    }
    let mut recipe = recipe_at(look, &row.plan, RunCause::Matches, look.now)?;
    recipe.pick = sheaf_model::Pick::All;
    let available = select(look, &recipe, Mode::Strict, None)?.available;
    let counted = look.tx.standing_counted(row.project, row.id)?;
    Ok(Some(available.len() - available.intersection_len(&counted)))
}
