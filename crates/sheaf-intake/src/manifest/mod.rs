//! Manifests: CSV or JSONL with one asset a row. [`preview`] reads one through and says what its columns seem to be;
//! the user may correct that; [`rows`] reads it again under the agreed [`Plan`] and yields one draft a row.
//!
//! Both passes stream: memory is bounded by one row, whatever the file. A bad row is a problem of that row, and the
//! next one is read. Not here: fetching URLs, finding files, references that exist already (`sheaf-app`).

mod assemble;
mod csv_source;
mod fingerprint;
mod jsonl_source;
mod patches;
mod plan;
mod preview;
mod roles;
mod rows;
mod source;
pub mod url;
mod value;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use assemble::REFERENCE_BYTES_MAX;
pub use patches::{Patch, PatchKey, PatchPlan, Patches, patch_plan, patches};
pub use plan::{ColumnPlan, Plan, PlanError};
pub use preview::{ColumnPreview, Preview, preview};
pub use rows::{Rows, rows};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    Jsonl,
}

/// What a column is used for. All but `Meta` and `Ignore` belong to one column at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The content itself, as text.
    Text,
    /// The content at an http(s) address.
    Url,
    /// The content as a file of the same upload, by its path there.
    File,
    Name,
    /// The user's own unique key.
    Ref,
    Width,
    Height,
    Meta,
    Ignore,
}

impl Role {
    pub fn is_content(self) -> bool {
        matches!(self, Role::Text | Role::Url | Role::File)
    }

    pub fn is_singular(self) -> bool {
        !matches!(self, Role::Meta | Role::Ignore)
    }
}

/// What the values of a column are. In a CSV everything is text, and becomes this when all of it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    Text,
    Number,
    Boolean,
    /// An ISO 8601 date or date-time; the value stays the text that it was.
    Time,
    List,
    Object,
    /// Several of them (JSONL only); every value stays as it is.
    Mixed,
    /// No row has a value.
    Empty,
}

/// One accepted row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// CSV: the record after the header, from 1. JSONL: the line of the file, from 1.
    pub row: u64,
    /// The name given, or else the file's path, the end of the URL, the reference, or `row N`.
    pub name: String,
    pub reference: Option<String>,
    pub content: RowContent,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub metadata: Map<String, Value>,
    /// The beginning of the SHA-256 of all of the above but the row number: equal rows, equal fingerprints.
    pub fingerprint: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowContent {
    Text(String),
    Url(String),
    /// A cleaned path inside the upload.
    File(String),
    /// Only metadata for an asset that is known by its reference.
    None,
}
