//! The recipe as it is kept with its batch: what was asked for, and what it was asked of.

use serde::{Deserialize, Serialize};
use sheaf_model::{BatchId, Ordinal, QuotaFit, Recipe, RevisionAction};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::select::Selection;
use crate::library::Look;
use crate::{Error, Result};

/// A recipe that makes the same members again: times are absolute, the seed is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRecipe {
    #[serde(flatten)]
    pub recipe: Recipe,
    /// The first ordinal that the library did not have.
    pub high_water: Ordinal,
    /// The library's revision.
    pub library_revision: i64,
    /// The recipe as a sentence.
    pub text: String,
    /// How many more were asked for than there were.
    #[serde(default)]
    pub short_by: u64,
    /// Of a quota pick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Vec<QuotaFit>>,
    /// When one recipe does not say it (the batch that this one comes from was appended to, ...): the members are made
    /// by these steps one after the other, and `recipe.part` is taken of what they make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The batch that this one and its siblings were split from, at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<BatchId>,
}

/// One revision of the batch that a recipe comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub action: RevisionAction,
    pub recipe: StoredRecipe,
}

impl StoredRecipe {
    pub(crate) fn of(look: &Look<'_>, selection: &Selection) -> Self {
        Self {
            high_water: look.snapshot.n_assets,
            library_revision: i64::try_from(look.snapshot.revision).unwrap_or(i64::MAX),
            text: selection.recipe.sentence(),
            short_by: selection.short_by,
            fit: selection.fit.clone(),
            recipe: selection.recipe.clone(),
            steps: Vec::new(),
            family: None,
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::internal(error.to_string()))
    }

    pub(crate) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::internal(error.to_string()))
    }

    /// How a batch's members came about, all of its revisions.
    pub(crate) fn whole(tx: &Tx<'_>, batch: &BatchRow) -> Result<Self> {
        let own = Self::parse(&batch.recipe)?;
        if batch.revision == 1 {
            return Ok(own);
        }
        let mut steps = Vec::new();
        for row in tx.batch_revisions(batch.project, batch.id)? {
            match &row.recipe {
                Some(text) => steps.push(Step { action: row.action, recipe: Self::parse(text)? }),
                // The steps of a batch that itself was made of steps go on where those end.
                None if own.recipe.part.is_none() && !own.steps.is_empty() => steps.clone_from(&own.steps),
                None => steps.push(Step { action: row.action, recipe: own.clone() }),
            }
        }
        Ok(Self {
            text: sentence(&own.text, &steps),
            recipe: Recipe { part: None, ..own.recipe },
            fit: None,
            steps,
            ..own
        })
    }
}

/// Steps that a sentence tells one by one.
const STEPS_TOLD: usize = 4;

fn sentence(first: &str, steps: &[Step]) -> String {
    let mut out = first.to_owned();
    for step in steps.iter().skip(1).take(STEPS_TOLD) {
        out.push_str(&format!("; then {}: {}", step.action.as_str(), step.recipe.text));
    }
    if steps.len() > STEPS_TOLD + 1 {
        out.push_str(&format!("; and {} more steps", steps.len() - STEPS_TOLD - 1));
    }
    out
}
