//! What users bring and what they try, against the public API. One binary; a module for each kind of input.

#![allow(clippy::unwrap_used, reason = "a panic is how a test or benchmark fails")]

mod archives;
mod drawings;
mod images;
mod manifests;
mod samples;
mod texts;
