//! Answers that people gave elsewhere, before the data came here: they are brought in row by row, into a batch of their own whose
//! tasks are done, and count as answers like any other; as work done here they do not count.

pub mod put;
mod row;
mod write;

pub use put::{Put, Report};
