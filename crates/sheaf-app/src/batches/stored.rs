//! The recipe as it is kept with its batch: what was asked for, and what it was asked of.

use serde::{Deserialize, Serialize};
use sheaf_model::{Ordinal, Recipe};

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
}
