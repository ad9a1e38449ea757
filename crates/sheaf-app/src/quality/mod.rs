//! Quality tasks: their known answers, how people did on them, and what of them an annotator sees.

pub mod known;
mod results;
pub(crate) mod serve;

pub use results::{Accuracy, results};
