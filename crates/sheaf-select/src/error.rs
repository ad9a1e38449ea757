//! The errors of this crate.

use crate::FieldKey;

/// Why a selection, an index block or a member blob could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// Bytes from the database are not what was written. The cure is `sheaf check`, never a guess.
    #[error(
        "index block of field {field} in chunk {chunk} is damaged: {what}; stop the server and run sheaf check --repair"
    )]
    DamagedBlock { field: String, chunk: u32, what: &'static str },
    #[error("members of chunk {chunk} are damaged: {what}; run sheaf check")]
    DamagedMembers { chunk: u32, what: &'static str },
    #[error("metadata of asset {ordinal} is not a JSON object: {message}")]
    Metadata { ordinal: u32, message: String },
    #[error("ordinal {found} does not follow {expected}: assets are indexed in order and without gaps")]
    Ordinal { expected: u32, found: u32 },
    #[error("field {field} holds too much text in chunk {chunk} to be indexed: {bytes} bytes")]
    TooLarge { field: String, chunk: u32, bytes: u64 },
    #[error("pattern {pattern:?} does not compile: {message}")]
    Pattern { pattern: String, message: String },
    #[error("reading the index failed: {0}")]
    Source(#[source] crate::SourceError),
}

impl SelectError {
    pub(crate) fn block(field: &FieldKey, chunk: u32, what: &'static str) -> Self {
        SelectError::DamagedBlock { field: field.to_string(), chunk, what }
    }
}
