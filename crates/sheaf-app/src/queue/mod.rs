//! The queue: claim, heartbeat, draft, submit, review, release, skip. Each step is one transaction: compare-and-set,
//! counts, ledger. The model says which step is possible (`sheaf_model::task`).

pub(crate) mod answers;
pub mod claim;
pub mod draft;
pub mod explain;
pub(crate) mod grant;
pub mod held;
pub mod history;
pub mod manage;
pub(crate) mod open;
pub mod order;
pub mod overview;
pub mod review;
pub(crate) mod roster;
pub(crate) mod shown;
pub mod skips;
pub mod submit;
pub mod task;
pub(crate) mod valid;

pub use claim::{Claim, Claimed, claim};
pub use grant::{Source, Work};
pub use open::Bar;
pub use task::TaskView;
