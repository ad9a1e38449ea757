//! Uploads through the app layer, on a real store in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod bench;
mod files;
mod gc;
mod lifecycle;
mod manifests;
mod nodes;
mod object_store;
mod sync;
