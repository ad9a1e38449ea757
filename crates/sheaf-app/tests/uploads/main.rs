//! Uploads through the app layer, on a real store in a temporary folder.

mod bench;
mod files;
mod lifecycle;
mod manifests;
