//! One record's cells -> one [`Row`], or the problem of that row. Knows roles, and neither CSV nor JSON.

use serde_json::{Map, Value};

use super::{Role, Row, RowContent, fingerprint, url, value};
use crate::{
    limits::{Limits, bytes_shown},
    media, path,
    problem::{Problem, ProblemCode, shown},
};

const NAME_BYTES_MAX: usize = 1024;
/// Of an asset's reference, wherever it comes from.
pub const REFERENCE_BYTES_MAX: usize = 1024;

/// The cells of a row, sorted by what they are for.
#[derive(Default)]
pub(super) struct Draft {
    text: Option<String>,
    url: Option<String>,
    file: Option<String>,
    name: Option<String>,
    reference: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    pub metadata: Map<String, Value>,
}

impl Draft {
    /// Takes a cell that is not metadata. Empty ones are as good as missing.
    pub fn put(&mut self, role: Role, cell: String) {
        let trimmed = cell.trim();
        if trimmed.is_empty() {
            return;
        }
        // A text keeps its blanks: spans count characters.
        let cell = if role == Role::Text || trimmed.len() == cell.len() { cell } else { trimmed.to_owned() };
        match role {
            Role::Text => self.text = Some(cell),
            Role::Url => self.url = Some(cell),
            Role::File => self.file = Some(cell),
            Role::Name => self.name = Some(cell),
            Role::Ref => self.reference = Some(cell),
            Role::Width => self.width = pixels(&cell),
            Role::Height => self.height = pixels(&cell),
            Role::Meta | Role::Ignore => {}
        }
    }

    pub fn put_value(&mut self, role: Role, cell: Value) {
        self.put(role, value::into_text(cell));
    }

    /// Checks everything and hashes it. `scratch` is only there to be used again.
    pub fn finish(self, row: u64, limits: &Limits, scratch: &mut Vec<u8>) -> Result<Row, Problem> {
        self.check_and_build(row, limits, scratch).map_err(|problem| problem.at_row(row))
    }

    fn check_and_build(self, row: u64, limits: &Limits, scratch: &mut Vec<u8>) -> Result<Row, Problem> {
        if let Some(reference) = self.reference.as_ref().filter(|r| r.len() > REFERENCE_BYTES_MAX) {
            let message =
                format!("the reference is longer than {REFERENCE_BYTES_MAX} bytes: {}", shown(reference, 40));
            return Err(Problem::new(ProblemCode::TooLarge, message).hint("choose a shorter key"));
        }
        let content = match (self.text, self.file, self.url) {
            (Some(text), _, _) => {
                media::check_text(&text, limits)?;
                RowContent::Text(text)
            }
            (None, Some(file), _) => RowContent::File(path::clean_within(&file, limits.path_bytes_max)?),
            (None, None, Some(url)) => {
                url::check(&url)?;
                RowContent::Url(url)
            }
            (None, None, None) if self.reference.is_some() => RowContent::None,
            (None, None, None) => {
                return Err(Problem::new(ProblemCode::MissingContent, "the row has no text, URL or file")
                    .hint("fill it in, or say which column holds the content"));
            }
        };
        let name = match (self.name, &content) {
            (Some(name), _) => name,
            (None, RowContent::File(path)) => path.clone(),
            (None, RowContent::Url(url)) => url::last_part(url).to_owned(),
            (None, _) => self.reference.clone().unwrap_or_else(|| format!("row {row}")),
        };
        let name = shortened(name, NAME_BYTES_MAX);

        scratch.clear();
        fingerprint::write_map(&self.metadata, scratch);
        if scratch.len() > limits.metadata_bytes_max {
            let message = format!(
                "the metadata of the row is {}, {} are the most",
                bytes_shown(scratch.len() as u64),
                bytes_shown(limits.metadata_bytes_max as u64)
            );
            return Err(Problem::new(ProblemCode::MetadataTooLarge, message)
                .hint("leave out what nobody filters on, or put it into the content"));
        }
        let row = Row {
            row,
            name,
            reference: self.reference,
            content,
            width: self.width,
            height: self.height,
            metadata: self.metadata,
            fingerprint: 0,
        };
        Ok(Row { fingerprint: fingerprint_of(&row, scratch), ..row })
    }
}

/// `canonical` holds the metadata already.
fn fingerprint_of(row: &Row, canonical: &mut Vec<u8>) -> u64 {
    let (tag, content) = match &row.content {
        RowContent::Text(text) => (b't', text.as_str()),
        RowContent::Url(url) => (b'u', url.as_str()),
        RowContent::File(path) => (b'f', path.as_str()),
        RowContent::None => (b'-', ""),
    };
    fingerprint::write_part(tag, content.as_bytes(), canonical);
    // The name that was made up from the row number is no property of the row.
    let made_up = row.reference.is_none()
        && matches!(row.content, RowContent::Text(_))
        && row.name == format!("row {}", row.row);
    fingerprint::write_part(b'n', if made_up { b"" } else { row.name.as_bytes() }, canonical);
    if let Some(reference) = &row.reference {
        fingerprint::write_part(b'r', reference.as_bytes(), canonical);
    }
    for side in [row.width, row.height] {
        canonical.extend_from_slice(&side.unwrap_or(0).to_le_bytes());
    }
    fingerprint::of(canonical)
}

/// Sizes come as `640` and, out of spreadsheets, as `640.0`.
fn pixels(cell: &str) -> Option<u32> {
    let number: f64 = cell.parse().ok()?;
    let whole = number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(number as u32)
}

fn shortened(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let mut end = bytes_max;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}
