//! The queue's rows: slots of touched tasks, drafts, skips. Which step is allowed is the model's; here each step is a
//! compare-and-set on what was read, and the batch's counts move with it.

pub mod drafts;
pub mod feed;
pub mod find;
pub mod list;
mod sequence;
mod shared;
pub mod slots;

pub use feed::Feeds;
pub(crate) use shared::Shared;
pub use slots::{SlotKey, SlotRow, TaskRows};
