//! What is wrong with a file: which file, where in it, what, and what to do.

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
