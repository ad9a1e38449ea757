//! The queue: claim, heartbeat, draft, submit, release, skip. Each step is one transaction: compare-and-set, counts,
//! ledger. The model says which step is possible (`sheaf_model::slot`).

pub mod claim;
pub mod draft;
pub(crate) mod grant;
pub mod held;
pub mod history;
pub mod overview;
pub mod submit;
pub mod task;

pub use claim::{Claim, Claimed, claim};
pub use task::TaskView;
