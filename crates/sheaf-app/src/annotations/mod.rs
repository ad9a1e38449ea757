//! Annotations of other tools, brought in onto the assets of an upload: a file in one of the formats of `sheaf_formats` becomes
//! pre-labels, and the project's taxonomy when it has none.
//!
//! Everything is read before anything is written, so a file that is wrong leaves nothing behind; a dry run does everything but
//! write. What is written are the rows that `prelabels` takes: sent again, they change nothing. Texts and addresses can become assets
//! of the upload; files that are not in it are told.

mod bring;
mod fit;
mod library;
mod make;
mod read;
mod receive;
mod report;

pub use receive::{Receiving, receive};
pub use report::{Made, Note, Refused, Report, Source};
pub use sheaf_formats::Format;

/// Assets that were not found, and pre-labels that were refused, that a report names.
const NAMED_MAX: usize = 20;

/// How a file is to be read.
#[derive(Debug, Clone)]
pub struct How {
    pub format: Format,
    /// What errors call the file.
    pub filename: String,
    /// Pixels of Pascal VOC count from 0.
    pub zero_based: bool,
    /// Texts and addresses that are not there become assets of the upload.
    pub make: bool,
    /// Write nothing, and say what would be.
    pub dry_run: bool,
}
