//! What users bring and what they try, against the public API. One binary; a module for each kind of input.

mod archives;
mod drawings;
mod images;
mod manifests;
mod samples;
mod texts;
