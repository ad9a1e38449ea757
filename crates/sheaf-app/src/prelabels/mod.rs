//! Pre-labels: what a model or another tool says of assets before people label them. They are brought in row by row, a batch
//! says whose are shown, and its annotators begin with them.

pub mod put;
mod row;
pub(crate) mod shown;
pub mod sources;

pub use put::{Put, Report};
pub use shown::Prelabel;

use sheaf_model::prelabel::source_problem;
use sheaf_model::{BatchKind, Problem};

use crate::{Error, Result};

/// The source of which a batch shows pre-labels, when it may: a name, whether anything of it is there yet or not.
pub(crate) fn checked_source(kind: BatchKind, source: Option<String>) -> Result<Option<String>> {
    let Some(source) = source else { return Ok(None) };
    let problem = match kind.is_explained() {
        true => Some(Problem::new("source", "is not for training batches: people are to find the answer")),
        false => source_problem(&source),
    };
    match problem {
        Some(problem) => {
            let problem = Problem { path: "prelabels".into(), ..problem };
            Err(Error::problems("bad_prelabels", vec![problem]))
        }
        None => Ok(Some(source)),
    }
}
