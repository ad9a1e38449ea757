//! The use cases: check permission, open a transaction, call the model, write rows and ledger. No HTTP words.
//!
//! One module a resource, one function a use case: `batches::create(app, actor, ...)`. Only this crate opens
//! transactions.

pub mod actor;
pub mod app;
pub mod clock;
pub mod error;
pub mod ids;
pub mod permission;
pub mod uploads;

pub use actor::Actor;
pub use app::{App, Config};
pub use clock::{Clock, SystemClock};
pub use error::{Error, Result};
pub use permission::Access;
