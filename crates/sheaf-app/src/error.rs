//! What a use case may answer instead of a result. HTTP-free: the server picks the status, once, in one place.
//!
//! `message` and `hint` are for the person who asked; what only an operator may see goes into [`Error::Internal`] and
//! to the log.

use serde_json::Value;
use sheaf_model::Problem;
use sheaf_query::Diagnostic;
use sheaf_select::SelectError;
use sheaf_store::StoreError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is logged in.
    #[error("{message}")]
    Unauthenticated { code: &'static str, message: String },
    /// There is no such thing, or the caller may not know that there is.
    #[error("there is no such {what}")]
    NotFound { what: &'static str },
    /// The caller knows the thing, but may not do this.
    #[error("{message}")]
    Forbidden { code: &'static str, message: String },
    /// The state of things does not allow it.
    #[error("{message}")]
    Conflict { code: &'static str, message: String, hint: Option<String>, details: Option<Value> },
    /// What was handed in is wrong, each problem at its path.
    #[error("{message}")]
    Invalid { code: &'static str, message: String, hint: Option<String>, problems: Vec<Problem> },
    /// A query with errors.
    #[error("the query has an error: {}", .diagnostics.first().map_or("", |d| d.message.as_str()))]
    BadQuery { query: String, diagnostics: Vec<Diagnostic> },
    /// Too often; try again after this many seconds.
    #[error("too many attempts; try again in {retry_after_secs} s")]
    TooMany { retry_after_secs: u64 },
    /// A link that is not one, was used, or is too old.
    #[error("{message}")]
    Expired { code: &'static str, message: String },
    /// The server is going down or has lost its data; the same call may work later.
    #[error("the server is not available at the moment; try again")]
    Unavailable,
    /// A file that it names is being removed. Sent again with the file, it goes.
    #[error("a file that it needs is being removed at this moment; send the file again")]
    FileRemoved,
    /// A newer Sheaf has migrated the database: this process only reads. What is to be done is in the text.
    #[error("{0}")]
    Outdated(String),
    #[error("no space is left on the volume that holds the data")]
    DiskFull,
    #[error("something went wrong inside")]
    Internal(String),
}

impl Error {
    pub fn not_found(what: &'static str) -> Self {
        Self::NotFound { what }
    }
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::Forbidden { code: "forbidden", message: message.into() }
    }
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into(), hint: None, details: None }
    }
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { code, message: message.into(), hint: None, problems: Vec::new() }
    }
    /// Several problems at once; the message names the first.
    pub fn problems(code: &'static str, problems: Vec<Problem>) -> Self {
        let message = problems.first().map_or_else(String::new, |first| {
            let more = if problems.len() > 1 {
                format!(" (and {} more)", problems.len() - 1)
            } else {
                String::new()
            };
            let path = if first.path.is_empty() { String::new() } else { format!("`{}` ", first.path) };
            format!("{path}{}{more}", first.message)
        });
        Self::Invalid { code, message, hint: None, problems }
    }
    /// Whether nothing is wrong with what was asked for: the same may work later, or on another node.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unavailable | Self::FileRemoved | Self::Outdated(_))
    }
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into())
    }
    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Conflict { hint, .. } | Self::Invalid { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }
    #[must_use]
    pub fn details(mut self, value: Value) -> Self {
        if let Self::Conflict { details, .. } = &mut self {
            *details = Some(value);
        }
        self
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Closed => Self::Unavailable,
            StoreError::Unreachable(why) => {
                tracing::warn!(why, "the database cannot be reached");
                Self::Unavailable
            }
            StoreError::Source(why) => Self::conflict("source_unreadable", why),
            StoreError::BlobRemoved => {
                tracing::warn!("{error}");
                Self::FileRemoved
            }
            StoreError::SchemaTooNew { .. } => Self::Outdated(error.to_string()),
            StoreError::BlobsUnreachable(why) => {
                tracing::warn!(why, "the object store of the blobs cannot be reached");
                Self::Unavailable
            }
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<SelectError> for Error {
    fn from(error: SelectError) -> Self {
        Self::Internal(error.to_string())
    }
}
