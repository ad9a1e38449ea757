//! The definition: what each expression means, as a loop over assets with obvious code.

use std::collections::BTreeMap;

use sheaf_query::expr::{Expr, Test};

use crate::{AssetFacts, Value};

/// What is known of an asset outside its facts: names and the states of labelling.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// `Id`: the public id.
    pub id: String,
    /// `Upload`: its name.
    pub upload: String,
    /// `Batch`: names of the batches that it is a member of. `Batched`: a boolean that every asset has.
    pub batches: Vec<String>,
    /// `Status`: of each of its tasks.
    pub statuses: Vec<String>,
    /// `Label`: the labels that occur in its standing submissions, with how often. `LabelCount(label)`: that number; 0
    /// when there is a standing submission without the label; no value when none stands.
    pub labels: BTreeMap<String, u32>,
    /// Whether any submission stands.
    pub submitted: bool,
    /// `Annotator`: e-mail and name of each person whose answer stands.
    pub annotators: Vec<String>,
    /// `Labelled`: times of the standing submissions.
    pub labelled_ms: Vec<i64>,
}

/// Whether the expression is true of the asset.
pub fn matches(_expr: &Expr, _facts: &AssetFacts<'_>, _state: &State) -> bool {
    false
}

/// Whether a field with these values passes the test: some value does.
pub fn test_values(_test: &Test, _values: &[Value]) -> bool {
    false
}
