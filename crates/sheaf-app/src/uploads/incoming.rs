//! Where things lie that are on their way in: `<data>/incoming/<upload>/`, one folder an upload, on the same volume as
//! the blobs, so that a finished file is moved and not copied.
//!
//! The length of a `.part` file is how much of it was received; nothing else says so, so nothing can disagree. Beside it
//! lies a small JSON with the path and the whole size.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sheaf_model::UploadId;
use sheaf_store::StoreError;

use crate::Result;

/// The folder of one upload.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    dir: PathBuf,
}

/// What is known of a file that is not whole yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PartOf {
    pub(super) path: String,
    pub(super) size: u64,
    /// The length of the part file.
    #[serde(skip)]
    pub(super) received: u64,
}

impl Incoming {
    pub(super) fn of(data: &Path, upload: UploadId) -> Self {
        Self { dir: data.join("incoming").join(upload.to_string()) }
    }

    pub(super) fn manifest(&self) -> PathBuf {
        self.dir.join("manifest")
    }
    /// Preview and plan of the staged manifest.
    pub(super) fn plan(&self) -> PathBuf {
        self.dir.join("manifest.json")
    }
    pub(super) fn part(&self, path: &str) -> PathBuf {
        self.dir.join(format!("{}.part", key(path)))
    }
    fn part_of(&self, path: &str) -> PathBuf {
        self.dir.join(format!("{}.json", key(path)))
    }

    pub(super) fn make(&self) -> Result<()> {
        fs::create_dir_all(&self.dir).map_err(|error| StoreError::file(&self.dir, error))?;
        Ok(())
    }

    /// Removes everything that is on its way in.
    pub(super) fn remove(&self) -> Result<()> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::file(&self.dir, error).into())
            }
            _ => Ok(()),
        }
    }

    /// Begins a file that comes in parts, or a new version of it.
    pub(super) fn begin_part(&self, path: &str, size: u64) -> Result<()> {
        self.make()?;
        let target = self.part_of(path);
        let text = sheaf_store::sql::to_json(&PartOf { path: path.to_owned(), size, received: 0 })?;
        fs::write(&target, text).map_err(|error| StoreError::file(&target, error))?;
        Ok(())
    }

    pub(super) fn end_part(&self, path: &str) {
        for file in [self.part_of(path), self.part(path)] {
            if let Err(error) = fs::remove_file(&file)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(file = %file.display(), %error, "a received part could not be removed");
            }
        }
    }

    /// What was received of a file that is not whole yet.
    pub(super) fn part_state(&self, path: &str) -> Result<Option<PartOf>> {
        read_part_of(&self.part_of(path))
    }

    /// Files that are not whole yet, by path.
    pub(super) fn parts(&self) -> Result<Vec<PartOf>> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::file(&self.dir, error).into()),
        };
        let mut out = Vec::new();
        for entry in entries {
            let file = entry.map_err(|error| StoreError::file(&self.dir, error))?.path();
            let is_part =
                file.extension().is_some_and(|extension| extension == "json") && file != self.plan();
            if is_part && let Some(part) = read_part_of(&file)? {
                out.push(part);
            }
        }
        out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(out)
    }
}

fn read_part_of(file: &Path) -> Result<Option<PartOf>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::file(file, error).into()),
    };
    // A process that was killed in the middle left something unreadable: the file begins again.
    let Ok(mut part) = serde_json::from_str::<PartOf>(&text) else { return Ok(None) };
    part.received = fs::metadata(file.with_extension("part")).map_or(0, |meta| meta.len());
    Ok(Some(part))
}

/// A name on disk for a path that users made.
fn key(path: &str) -> String {
    sheaf_model::id::encode(&Sha256::digest(path.as_bytes())[..20])
}

/// A file that goes away with its holder, unless it was moved before.
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(file = %self.0.display(), %error, "a temporary file could not be removed");
        }
    }
}
