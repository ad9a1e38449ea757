//! The problems of an upload: what is wrong with one row, one file or one archive, in words for the person who
//! brought it. Trouble of the machine (a full disk) is [`Error::Io`] and never a [`Problem`].

use std::{fmt, io};

use serde::{Deserialize, Serialize};

/// Why something was refused. The wire form is the snake_case name; it is part of the API and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    BrokenImage,
    TooLarge,
    TooManyPixels,
    UnsupportedType,
    NotUtf8,
    RaggedRow,
    BadJson,
    LineTooLong,
    ArchiveBomb,
    BadPath,
    Empty,
    BadUrl,
    MetadataTooLarge,
    MissingContent,
    DuplicateReference,
    /// The first row of a CSV does not name its columns, or names two alike.
    BadHeader,
    /// A row of an update does not say which asset it is for, or says it twice.
    MissingKey,
    /// Metadata that is not a JSON object.
    NotAnObject,
    UnknownId,
    UnknownRef,
    /// It became another one while it was read.
    Changed,
}

impl ProblemCode {
    pub const ALL: [ProblemCode; 21] = [
        ProblemCode::BrokenImage,
        ProblemCode::TooLarge,
        ProblemCode::TooManyPixels,
        ProblemCode::UnsupportedType,
        ProblemCode::NotUtf8,
        ProblemCode::RaggedRow,
        ProblemCode::BadJson,
        ProblemCode::LineTooLong,
        ProblemCode::ArchiveBomb,
        ProblemCode::BadPath,
        ProblemCode::Empty,
        ProblemCode::BadUrl,
        ProblemCode::MetadataTooLarge,
        ProblemCode::MissingContent,
        ProblemCode::DuplicateReference,
        ProblemCode::BadHeader,
        ProblemCode::MissingKey,
        ProblemCode::NotAnObject,
        ProblemCode::UnknownId,
        ProblemCode::UnknownRef,
        ProblemCode::Changed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ProblemCode::BrokenImage => "broken_image",
            ProblemCode::TooLarge => "too_large",
            ProblemCode::TooManyPixels => "too_many_pixels",
            ProblemCode::UnsupportedType => "unsupported_type",
            ProblemCode::NotUtf8 => "not_utf8",
            ProblemCode::RaggedRow => "ragged_row",
            ProblemCode::BadJson => "bad_json",
            ProblemCode::LineTooLong => "line_too_long",
            ProblemCode::ArchiveBomb => "archive_bomb",
            ProblemCode::BadPath => "bad_path",
            ProblemCode::Empty => "empty",
            ProblemCode::BadUrl => "bad_url",
            ProblemCode::MetadataTooLarge => "metadata_too_large",
            ProblemCode::MissingContent => "missing_content",
            ProblemCode::DuplicateReference => "duplicate_reference",
            ProblemCode::BadHeader => "bad_header",
            ProblemCode::MissingKey => "missing_key",
            ProblemCode::NotAnObject => "not_an_object",
            ProblemCode::UnknownId => "unknown_id",
            ProblemCode::UnknownRef => "unknown_ref",
            ProblemCode::Changed => "changed",
        }
    }

    pub fn parse(text: &str) -> Option<ProblemCode> {
        ProblemCode::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One line of an upload's report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// CSV: the record after the header, from 1. JSONL: the line of the file, from 1.
    pub row: Option<u64>,
    /// The path inside the upload.
    pub path: Option<String>,
    pub code: ProblemCode,
    pub message: String,
    pub hint: Option<String>,
}

impl Problem {
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Problem {
        Problem { row: None, path: None, code, message: message.into(), hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn at_row(mut self, row: u64) -> Problem {
        self.row = Some(row);
        self
    }

    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Problem {
        self.path = Some(shown(&path.into(), 200));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}: ")?;
        }
        if let Some(path) = &self.path {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Either the user's input was refused, or the machine failed while reading it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Refused(Problem),
    #[error("reading the upload failed: {0}")]
    Io(#[from] io::Error),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        Error::Refused(problem)
    }
}

impl Error {
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Error::Refused(problem) => Some(problem),
            Error::Io(_) => None,
        }
    }

    /// Fills in the path of a refusal that does not have one yet.
    #[must_use]
    pub fn at_path(self, path: &str) -> Error {
        match self {
            Error::Refused(problem) if problem.path.is_none() => Error::Refused(problem.at_path(path)),
            other => other,
        }
    }
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Text of the user's as it may appear in a message: without control characters and at most `chars_max` long.
pub(crate) fn shown(text: &str, chars_max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(chars_max + 3));
    for (i, c) in text.chars().enumerate() {
        if i == chars_max {
            out.push('…');
            break;
        }
        out.push(match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_of_a_code_is_its_name() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_string(&code).unwrap(), format!("\"{}\"", code.as_str()));
            assert_eq!(ProblemCode::parse(code.as_str()), Some(code));
        }
        assert_eq!(ProblemCode::parse("no_such_code"), None);
    }

    #[test]
    fn text_of_the_user_is_shown_short_and_without_control_characters() {
        assert_eq!(shown("a\u{1b}[31mb\nc", 20), "a\u{fffd}[31mb c");
        assert_eq!(shown("äöüß", 2), "äö…");
    }
}
