//! Texts: UTF-8, without a byte order mark, without NUL, not empty.

use super::{Content, MediaFile, MediaKind, MediaType, check_size, hash, unsupported};
use crate::{
    limits::Limits,
    problem::{Problem, ProblemCode, Result},
};

pub(super) fn read_bytes(mut bytes: Vec<u8>, limits: &Limits) -> Result<MediaFile> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(not_utf8("the text is UTF-16, not UTF-8").into());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(read_text(text, limits)?),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let line = 1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..at]).count();
            Err(not_utf8(format!("the text is not UTF-8, the first wrong byte is in line {line}")).into())
        }
    }
}

fn not_utf8(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::NotUtf8, message).hint("save the text with the encoding UTF-8")
}

/// A text that came in a manifest or through the API.
pub fn read_text(text: String, limits: &Limits) -> Result<MediaFile, Problem> {
    check_text(&text, limits)?;
    Ok(MediaFile {
        media_type: MediaType::Text,
        kind: MediaKind::Text,
        width: None,
        height: None,
        size: text.len() as u64,
        sha256: hash::of_bytes(text.as_bytes()),
        content: Content::Text(text),
        thumbnail: None,
        notes: Vec::new(),
    })
}

pub(crate) fn check_text(text: &str, limits: &Limits) -> Result<(), Problem> {
    check_size(text.len() as u64, limits.text_bytes_max, "a text")?;
    if text.trim().is_empty() {
        return Err(Problem::new(ProblemCode::Empty, "the text is empty"));
    }
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Err(unsupported("the text contains a NUL character, so it is not plain text"));
    }
    Ok(())
}
