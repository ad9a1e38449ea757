//! The header of an export: what is in it. Written last, so that an export without one is not whole.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Contents, put_last, refused};
use crate::error::{Result, StoreError};

pub(super) const HEADER_FILE: &str = "sheaf-export.json";
/// Version of the format. A reader takes every version up to its own.
pub(super) const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) format: u32,
    /// Number of the schema that the tables have.
    pub(super) schema: i64,
    /// Version of the Sheaf that wrote it.
    pub(super) sheaf: String,
    /// What it was read from: `sqlite` or `postgresql`.
    pub(super) database: String,
    /// When, in milliseconds since the Unix epoch.
    pub(super) at_ms: i64,
    pub(super) tables: Vec<TableFile>,
    /// None: the contents move by other means.
    pub(super) contents: Option<Contents>,
}

/// The file of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableFile {
    pub(super) table: String,
    /// Relative to the header.
    pub(super) file: String,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Header {
    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        put_last(&dir.join(HEADER_FILE), &format!("{}\n", pretty(self)?))
    }

    /// Reads the header of an export, and looks whether its files are as long as it says.
    pub(super) fn read(dir: &Path) -> Result<Self> {
        let path = dir.join(HEADER_FILE);
        let shown = path.display();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(refused(format!(
                    "there is no `{shown}`: this is not an export, or one that was cut off; export again"
                )));
            }
            Err(error) => return Err(StoreError::file(&path, error)),
        };
        // The version first: a newer format may have other fields.
        let wrong = |error: serde_json::Error| refused(format!("`{shown}` cannot be read: {error}"));
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        let format = value["format"].as_u64().unwrap_or_default();
        if format == 0 || format > u64::from(FORMAT) {
            return Err(refused(format!(
                "`{shown}` is of the format {}, and this Sheaf reads up to {FORMAT}; use the version that wrote it ({})",
                value["format"], value["sheaf"]
            )));
        }
        let header: Self = serde_json::from_value(value).map_err(wrong)?;
        for file in &header.tables {
            file.is_whole(dir)?;
        }
        Ok(header)
    }
}

impl TableFile {
    fn is_whole(&self, dir: &Path) -> Result<()> {
        let path = dir.join(&self.file);
        let inside =
            Path::new(&self.file).components().all(|it| matches!(it, std::path::Component::Normal(_)));
        if !inside {
            return Err(refused(format!("`{}` is outside of the export", self.file)));
        }
        let found = fs::metadata(&path).map_err(|error| StoreError::file(&path, error))?.len();
        if found != self.bytes {
            return Err(refused(format!(
                "`{}` has {found} bytes and was written with {}: it was cut or changed; copy the export again",
                path.display(),
                self.bytes
            )));
        }
        Ok(())
    }
}

pub(super) fn pretty<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(|error| StoreError::Database(format!("JSON: {error}")))
}
