//! All SQL and all blobs. One front door, [`Store`]: read transactions on a snapshot, write transactions through one
//! writer with group commit, and content-addressed files beside the database.
//!
//! Statements are methods of [`Tx`], one file a resource. Nothing here knows permissions, HTTP or clocks.

pub mod agreements;
mod ahead;
pub mod api_keys;
pub mod audit;
pub mod batch_hours;
pub mod batch_progress;
pub mod batch_revisions;
pub mod batches;
pub mod blob_removals;
pub mod blobs;
pub mod bucket_syncs;
pub mod check;
mod cluster;
mod driver;
pub mod error;
pub mod events;
mod gathered;
pub mod groups;
mod instance;
pub mod invitations;
pub mod jobs;
pub mod label_state;
pub mod library;
pub mod members;
mod memory;
pub mod metadata_updates;
mod meters;
mod migrate;
pub mod names;
pub mod projects;
pub mod quality;
pub mod queue;
mod readers;
pub mod reviews;
mod revision;
pub mod saved_queries;
pub mod scale;
pub mod sessions;
pub mod sql;
pub mod standing_batches;
mod store;
pub mod submissions;
pub mod taxonomies;
mod topics;
pub mod transfer;
pub mod upload_files;
pub mod upload_problems;
pub mod upload_sidecars;
pub mod uploads;
pub mod users;
pub mod webhook_outbox;
pub mod webhooks;
mod work;
mod writer;

pub use ahead::Ask;
pub use batch_progress::Progress;
pub use blobs::{Blobs, BlobsAt};
pub use error::{Result, StoreError};
pub use memory::AtJob;
pub use meters::Meters;
pub use sql::Tx;
pub use store::Store;
