//! What is on its way in and no blob yet, in the object store: parts of files, and manifests. They have names, not hashes, and
//! lie under `incoming/` beside the blobs, where whoever looks at blobs does not see them.

use std::path::Path as FilePath;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::ObjectMeta;
use object_store::path::Path;

use super::objects::{Objects, put, send_file};
use crate::error::{Result, StoreError};

const FOLDER: &str = "incoming";

/// Files by name. A name is of letters, digits, `.`, `-` and `_`, with `/` between folders. What a call has stored or
/// removed, the store has acknowledged when it returns. Every call may fail with [`StoreError::BlobsUnreachable`].
#[derive(Clone, Copy)]
pub struct Staging<'b>(pub(super) &'b Objects);

impl Staging<'_> {
    /// Stores bytes, in the place of what had the name.
    pub fn put(&self, name: &str, bytes: impl Into<Bytes>) -> Result<()> {
        let (store, path, bytes) = (self.0.bucket.store.clone(), self.path(name), bytes.into());
        let sent = self.0.wait(async move { put(&*store, &path, bytes).await })?;
        sent.map_err(|why| self.0.away(&why))
    }

    /// Stores a file, in the place of what had the name. The file stays.
    pub fn put_file(&self, name: &str, file: &FilePath) -> Result<()> {
        let size = std::fs::metadata(file).map_err(|error| StoreError::file(file, error))?.len();
        let room = self.0.room(size)?;
        let (store, path, file) = (self.0.bucket.store.clone(), self.path(name), file.to_owned());
        let sent = self.0.wait(async move {
            let sent = send_file(&*store, &path, &file, size).await;
            drop(room);
            sent
        })?;
        sent.map_err(|why| self.0.away(&why))
    }

    /// The bytes of a file, piece by piece; false when it is not there.
    pub fn each_piece(&self, name: &str, piece: impl FnMut(&[u8])) -> Result<bool> {
        self.0.pieces_of(self.path(name), piece)
    }

    /// The files below a folder, by name, with their sizes in bytes. Names begin behind the folder's.
    pub fn list(&self, folder: &str) -> Result<Vec<(String, u64)>> {
        let below = self.path(folder);
        let name = |object: &ObjectMeta| {
            let parts: Vec<String> =
                object.location.prefix_match(&below)?.map(|part| part.as_ref().to_owned()).collect();
            Some((parts.join("/"), object.size))
        };
        let mut out: Vec<_> = self.objects(below.clone())?.iter().filter_map(name).collect();
        out.sort();
        Ok(out)
    }

    /// Removes all files below a folder; it need not be there.
    pub fn remove(&self, folder: &str) -> Result<()> {
        self.0.delete(self.objects(self.path(folder))?.into_iter().map(|object| object.location).collect())
    }

    fn objects(&self, below: Path) -> Result<Vec<ObjectMeta>> {
        let store = self.0.bucket.store.clone();
        let found = self.0.wait(async move { store.list(Some(&below)).try_collect().await })?;
        found.map_err(|error: object_store::Error| self.0.away(&error))
    }

    fn path(&self, name: &str) -> Path {
        let folder = self.0.bucket.prefix.clone().join(FOLDER);
        name.split('/').fold(folder, |path, part| path.join(part))
    }
}
