//! How far the people who judged a task agree, for one task and over a batch, and the one answer that theirs make.
//!
//! What is compared and how is the model's (`sheaf_model::agreement`). A score is written in the transaction of the last
//! judgement, with what it adds to the batch's sums; a task that needs one judgement pays nothing.

pub mod batch;
pub(crate) mod fill;
pub(crate) mod merged;
mod record;
pub mod task;

pub(crate) use record::{judgements, record};
