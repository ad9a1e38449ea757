//! How far several answers to one task agree, and what they say together.
//!
//! Scores are whole millionths, so that they are the same in whatever order the answers come, and sums of them can be
//! recounted exactly. An answer is compared by what it says alone, whatever the taxonomy was when it was given; only the
//! coefficients that correct for chance ([`alpha`], [`kappa`]) need to know which fields are choices.
//!
//! Not compared: attributes of annotations, shapes of different tools with each other, and what lies beyond
//! [`matching::STEPS_MAX`] in answers with very many annotations.

pub mod alpha;
mod compare;
pub mod kappa;
pub mod matching;
mod merge;
mod overlap;
mod polygon;
mod tally;

pub use compare::{Comparison, LabelSums, PairScore, Question, compare, said};
pub use merge::{MergeRule, merge};
pub use tally::{BINS, Judgement, Sums, Tally, tallies};

/// A share of one in millionths: 0 to [`ONE`].
pub type Millionths = i64;

pub const ONE: Millionths = 1_000_000;

/// A task is disputed when its score is below this.
pub const DISPUTED_BELOW: Millionths = 750_000;

/// A share as millionths, to the nearest.
pub(crate) fn millionths(share: f64) -> Millionths {
    (share * ONE as f64).round() as Millionths
}

/// `sum / n` to the nearest; [`ONE`] of nothing: nobody disagrees.
pub(crate) fn mean(sum: i64, n: i64) -> Millionths {
    if n == 0 { ONE } else { (sum + n / 2) / n }
}

/// A score as a number from 0 to 1.
pub fn share(score: Millionths) -> f64 {
    score as f64 / ONE as f64
}
