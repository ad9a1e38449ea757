//! Reads what users bring (files, archives, manifests) and turns it into clean asset drafts, thumbnails and problems
//! that a person can act on.
//!
//! Everything here treats its input as hostile: types come from the bytes and never from the name, every size has a
//! limit, and a bad row or file becomes a [`Problem`] while the rest goes on. Not here: databases, HTTP, clocks, and
//! the decision what to do with a draft (`sheaf-app`).

pub mod archive;
pub mod limits;
pub mod manifest;
pub mod media;
pub mod path;
pub mod problem;

pub use limits::Limits;
pub use problem::{Error, Problem, ProblemCode, Result};
