//! Where things lie that are on their way in: the parts of a file that is not whole yet, and the manifest that is staged.
//! That is where the blobs are: in a folder of the data, or in the object store, so that every node can go on with what
//! another one was sent.

mod bucket;
mod folder;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sheaf_model::UploadId;
use sheaf_store::Store;

use crate::Result;

/// What is on its way into one upload. All of it is blocking.
pub(super) trait Incoming: Send + Sync {
    /// Stages a manifest, in the place of what was staged before. `plan` is a text that [`Incoming::plan`] gives back.
    fn stage(&self, manifest: Temporary, plan: &str) -> Result<()>;
    /// What was said of the staged manifest; `None` when none is.
    fn plan(&self) -> Result<Option<String>>;
    /// The staged manifest, on this machine.
    fn manifest(&self) -> Result<OnDisk>;
    /// Drops the staged manifest, if there is one.
    fn unstage(&self) -> Result<()>;

    /// What was received of a file that is not whole yet.
    fn part_state(&self, path: &str) -> Result<Option<PartOf>>;
    /// Files that are not whole yet, by path.
    fn parts(&self) -> Result<Vec<PartOf>>;
    /// A request brings the bytes of a file from `offset` on: at 0 it begins anew, else it goes on with what is `known`.
    fn receive(&self, path: &str, size: u64, offset: u64, known: Option<&PartOf>) -> Result<Box<dyn Part>>;
    /// A file was sent whole: what there is of it in parts is of another version.
    fn supersede(&self, path: &str);
    /// The file was taken in.
    fn end_part(&self, path: &str);

    /// Removes everything.
    fn remove(&self) -> Result<()>;
}

/// Bytes of a file that comes in parts, while a request brings them.
pub(super) trait Part: Send {
    /// Where they go, opened for the next byte.
    fn open(&self) -> Result<File>;
    /// The file that [`Part::open`] opens.
    fn path(&self) -> &Path;
    /// The request ended, and the file did not: keeps what it brought.
    fn keep(&self) -> Result<()>;
    /// The request brought the end: the whole file, on this machine for as long as this is.
    fn whole(&mut self) -> Result<PathBuf>;
}

/// What is on its way into an upload.
pub(super) fn incoming(store: &Store, upload: UploadId) -> Box<dyn Incoming> {
    if store.blobs().staging().is_some() {
        Box::new(bucket::Bucket::of(store, upload))
    } else {
        Box::new(folder::Folder::of(store.dir(), upload))
    }
}

/// What is known of a file that is not whole yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct PartOf {
    pub(super) path: String,
    pub(super) size: u64,
    /// Told apart from what was sent of the path before, where that matters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    attempt: String,
    /// Bytes from its beginning on that are there.
    #[serde(skip)]
    pub(super) received: u64,
}

/// A file on this machine, for as long as this is.
pub(super) struct OnDisk {
    path: PathBuf,
    _temporary: Option<Temporary>,
}

impl OnDisk {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// A name for a path that users made.
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
