//! All SQL and all blobs. One front door, [`Store`]: read transactions on a snapshot, write transactions through one
//! writer with group commit, and content-addressed files beside the database.
//!
//! Statements are methods of [`Tx`], one file a resource. Nothing here knows permissions, HTTP or clocks.

pub mod audit;
pub mod batches;
pub mod blobs;
pub mod error;
pub mod events;
pub mod label_state;
pub mod library;
pub mod names;
pub mod projects;
pub mod queue;
mod revision;
pub mod sql;
mod sqlite;
mod store;
pub mod submissions;
pub mod taxonomies;

pub use blobs::Blobs;
pub use error::{Result, StoreError};
pub use sql::Tx;
pub use store::Store;
