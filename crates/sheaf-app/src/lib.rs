//! The use cases: check permission, open a transaction, call the model, write rows and ledger. No HTTP words.
//!
//! One module a resource, one function a use case: `batches::create(app, actor, ...)`. Only this crate opens
//! transactions.

pub mod actor;
pub mod agreement;
pub mod annotations;
pub mod answers;
pub mod app;
mod attempts;
pub mod audit;
pub mod batches;
pub mod check;
pub mod clock;
mod credentials;
pub mod error;
pub mod export;
pub mod gc;
pub mod groups;
mod guard;
pub mod ids;
pub mod insights;
pub mod invitations;
pub mod keys;
pub mod library;
pub mod local;
pub mod members;
pub mod metadata_updates;
pub mod passwords;
pub mod permission;
pub mod prelabels;
pub mod projects;
pub mod quality;
pub mod queue;
mod removed;
pub mod rows;
pub mod saved_queries;
pub mod scale;
pub mod sessions;
pub mod setup;
pub mod standing_batches;
pub mod taxonomies;
pub mod uploads;
pub mod users;
pub mod webhooks;

pub use actor::Actor;
pub use app::{App, Config};
pub use clock::{Clock, SystemClock};
pub use error::{Error, Result};
pub use permission::Access;
pub use sheaf_store::names::PersonName;
