//! What is wrong with a file: which file, where in it, what, and what to do.

use std::io;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}; {hint}", at(place))]
pub struct Error {
    pub file: String,
    /// A line and column, a path inside JSON, the number of a record; empty for the file as a whole.
    pub place: String,
    pub message: String,
    pub hint: String,
}

fn at(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!(", {place}") }
}

impl Error {
    pub fn new(
        file: impl Into<String>,
        place: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), place: place.into(), message: message.into(), hint: hint.into() }
    }
}

/// Why nothing was read: the files are wrong, or the machine failed meanwhile (a full disk).
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Wrong(#[from] Error),
    #[error("temporary files cannot be written or read: {0}")]
    Io(#[from] io::Error),
}

impl From<sheaf_intake::Error> for Failure {
    fn from(error: sheaf_intake::Error) -> Self {
        match error {
            sheaf_intake::Error::Io(error) => Self::Io(error),
            sheaf_intake::Error::Refused(problem) => {
                let file = problem.path.unwrap_or_else(|| "the zip".to_owned());
                let hint = problem.hint.unwrap_or_else(|| "correct the file and pack it again".to_owned());
                Self::Wrong(Error::new(file, "", problem.message, hint))
            }
        }
    }
}
