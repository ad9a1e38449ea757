//! All SQL and all blobs. One front door, [`Store`]: read transactions on a snapshot, write transactions through one
//! writer with group commit, and content-addressed files beside the database.
//!
//! Statements are methods of [`Tx`], one file a resource. Nothing here knows permissions, HTTP or clocks.

pub mod blobs;
pub mod error;
pub mod projects;
pub mod library;
mod revision;
pub mod sql;
mod sqlite;
mod store;
pub mod upload_files;
pub mod upload_problems;
pub mod upload_sidecars;
pub mod uploads;

pub use blobs::Blobs;
pub use error::{Result, StoreError};
pub use sql::Tx;
pub use store::Store;
