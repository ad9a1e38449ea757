//! Content-addressed files: a blob's name is the SHA-256 of its bytes, so that the same bytes are stored once and a blob
//! never changes. They lie in the folder of the data, or in an object store (S3, GCS, Azure) that all nodes reach, and what
//! is on its way in lies there, too.

mod address;
mod folder;
mod names;
mod objects;
mod opened;
mod pending;
mod source;
mod staging;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::error::{Result, StoreError};
pub use address::BlobsAt;
use folder::Folder;
pub(crate) use folder::path_in;
use objects::Objects;
pub use objects::Shown;
pub use opened::{Body, ByteRange, OpenBlob};
pub use source::{Fetched, Source, SourceEntry, SourceObject, Wanted};
pub use staging::Staging;

/// Name of a blob: SHA-256 of its bytes.
pub type BlobHash = [u8; 32];

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 1 << 16;

pub struct Blobs {
    scratch: PathBuf,
    /// What the names of its temporary files begin with.
    owner: String,
    next_temporary: AtomicU64,
    place: Place,
}

enum Place {
    Folder(Folder),
    Objects(Box<Objects>),
}

impl Blobs {
    /// `node`: the number of this process when it is one of several that may share the folder. `at`: the object store that
    /// has the blobs, and the name of the instance; none: `dir` has them.
    pub(crate) fn open(dir: &Path, node: Option<i64>, at: Option<(&BlobsAt, &str)>) -> Result<Self> {
        let scratch = dir.join("tmp");
        fs::create_dir_all(&scratch).map_err(|error| StoreError::file(&scratch, error))?;
        remove_left_over(&scratch, node.is_some())?;
        let owner = node.map_or_else(|| std::process::id().to_string(), |node| format!("{node:x}"));
        let place = match at {
            Some((at, instance)) => Place::Objects(Box::new(Objects::open(at, instance)?)),
            None => Place::Folder(Folder::new(dir)),
        };
        Ok(Self { scratch, owner, next_temporary: AtomicU64::new(0), place })
    }

    /// Stores bytes. Durable only after [`Blobs::flush`].
    pub fn put(&self, bytes: impl Into<Bytes>) -> Result<BlobHash> {
        let bytes = bytes.into();
        let hash: BlobHash = Sha256::digest(&bytes).into();
        match &self.place {
            Place::Folder(folder) => folder.put(&hash, &bytes, || self.temporary())?,
            Place::Objects(objects) => objects.put(hash, bytes)?,
        }
        Ok(hash)
    }

    /// Takes over a file whose SHA-256 is known. Durable only after [`Blobs::flush`]. The file must be on the volume of
    /// [`Blobs::temporary`]; it is gone afterwards.
    pub fn adopt(&self, file: &Path, hash: &BlobHash) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder.adopt(file, hash),
            Place::Objects(objects) => {
                // It is sent after this returns: until then it is ours.
                let own = self.temporary();
                fs::rename(file, &own).map_err(|error| StoreError::file(file, error))?;
                objects.adopt(*hash, own)
            }
        }
    }

    /// Makes these blobs durable, all of which were put before: only after it may a row name them. An error when one of them
    /// could not be stored; it has to be put again then.
    pub fn flush(&self, blobs: &[BlobHash]) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder.flush(),
            Place::Objects(objects) => objects.flush(blobs),
        }
    }

    /// A name for a file that is being written, on the volume of the data; removed at a later start.
    pub fn temporary(&self) -> PathBuf {
        let n = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        self.scratch.join(format!("{}-{n}", self.owner))
    }

    /// Where files that are on their way in lie, so that every node can go on with them; `None` when the blobs lie in a folder.
    pub fn staging(&self) -> Option<Staging<'_>> {
        match &self.place {
            Place::Folder(_) => None,
            Place::Objects(objects) => Some(Staging(objects)),
        }
    }

    /// What is there, to ask about many. With an object store that is a list of everything, made at once.
    pub fn present(&self) -> Result<Present<'_>> {
        Ok(match &self.place {
            Place::Folder(folder) => Present::Asked(folder),
            Place::Objects(objects) => Present::Listed(objects.hashes()?),
        })
    }

    pub fn is_there(&self, hash: &BlobHash) -> Result<bool> {
        match &self.place {
            Place::Folder(folder) => Ok(folder.is_there(hash)),
            Place::Objects(objects) => objects.is_there(hash),
        }
    }

    /// Calls `visit` with every blob, in no order.
    pub fn each(&self, visit: impl FnMut(Listed)) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder.each(visit),
            Place::Objects(objects) => objects.each(visit),
        }
    }

    /// Removes blobs, for [`crate::blob_removals`] only. `may` is asked before each file and each request; an error when it
    /// says no before all were removed.
    pub fn remove(&self, blobs: &[BlobHash], may: &dyn Fn() -> bool) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder.remove(blobs, may),
            Place::Objects(objects) => objects.remove(blobs, may),
        }
    }

    /// Whether the object store answers, within a bounded time; what it said is remembered for some seconds, for all who ask.
    /// The folder is always there.
    pub async fn reach(&self) -> Result<()> {
        match &self.place {
            Place::Folder(_) => Ok(()),
            Place::Objects(objects) => objects.reach().await,
        }
    }

    /// Opens a blob, or a part of it, for sending it somewhere; `None` when it is not there.
    pub async fn open_blob(&self, hash: &BlobHash, range: Option<ByteRange>) -> Result<Option<OpenBlob>> {
        match &self.place {
            Place::Folder(folder) => {
                let path = folder.path(hash);
                let opened = tokio::task::spawn_blocking(move || folder::open_at(&path, range)).await;
                opened.unwrap_or(Err(StoreError::Panicked))
            }
            Place::Objects(objects) => objects.open_blob(hash, range).await,
        }
    }

    /// An address under which whoever has it may read the blob for a while, without asking Sheaf; `None` when the blobs lie
    /// in a folder.
    pub async fn link(&self, hash: &BlobHash, shown: &Shown, lasts: Duration) -> Result<Option<String>> {
        match &self.place {
            Place::Folder(_) => Ok(None),
            Place::Objects(objects) => objects.link(hash, shown, lasts).await.map(Some),
        }
    }

    /// Whether there are [`Blobs::link`]s.
    pub fn has_links(&self) -> bool {
        matches!(self.place, Place::Objects(_))
    }

    /// The whole of a blob; `None` when it is not there. For blobs known to be small.
    pub fn read(&self, hash: &BlobHash) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        Ok(self.each_piece(hash, |piece| out.extend_from_slice(piece))?.then_some(out))
    }

    /// Puts a blob into a new file outside: the same file under a second name where that can be, a copy otherwise. `false` when
    /// it is not there.
    pub fn copy_to(&self, hash: &BlobHash, to: &Path) -> Result<bool> {
        if let Place::Folder(folder) = &self.place
            && fs::hard_link(folder.path(hash), to).is_ok()
        {
            return Ok(true);
        }
        // It is not there, or on another volume, or there are no second names.
        let part = to.with_extension("part");
        let failed = |error| StoreError::file(to, error);
        let mut file = File::create(&part).map_err(failed)?;
        let mut written = Ok(());
        let is_there = self.each_piece(hash, |piece| {
            if written.is_ok() {
                written = file.write_all(piece);
            }
        })?;
        written
            .and_then(|()| if is_there { fs::rename(&part, to) } else { fs::remove_file(&part) })
            .map_err(failed)?;
        Ok(is_there)
    }

    /// Whether the stored bytes are what their name says; `None` when the blob is not there.
    pub fn verify(&self, hash: &BlobHash) -> Result<Option<bool>> {
        let mut digest = Sha256::new();
        let is_there = self.each_piece(hash, |piece| digest.update(piece))?;
        Ok(is_there.then(|| <BlobHash>::from(digest.finalize()) == *hash))
    }

    /// The bytes of a blob, piece by piece; false when it is not there.
    fn each_piece(&self, hash: &BlobHash, piece: impl FnMut(&[u8])) -> Result<bool> {
        match &self.place {
            Place::Folder(folder) => folder.each_piece(hash, piece),
            Place::Objects(objects) => objects.each_piece(hash, piece),
        }
    }
}

/// A blob that is there.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    pub hash: BlobHash,
    pub size: u64,
    /// Since it was stored.
    pub age: Duration,
}

/// Which blobs are there.
pub enum Present<'b> {
    #[doc(hidden)]
    Asked(&'b Folder),
    #[doc(hidden)]
    Listed(Vec<BlobHash>),
}

impl Present<'_> {
    pub fn has(&self, hash: &BlobHash) -> bool {
        match self {
            Self::Asked(folder) => folder.is_there(hash),
            Self::Listed(sorted) => sorted.binary_search(hash).is_ok(),
        }
    }
}

/// What a killed process left half-written was never acknowledged. Another node may be writing one now.
fn remove_left_over(scratch: &Path, is_shared: bool) -> Result<()> {
    let is_old = |age: Duration| age > Duration::from_hours(24);
    let left = fs::read_dir(scratch).map_err(|error| StoreError::file(scratch, error))?;
    for entry in left.flatten() {
        let old =
            || entry.metadata().and_then(|it| it.modified()).is_ok_and(|it| it.elapsed().is_ok_and(is_old));
        if is_shared && !old() {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|it| it.is_dir());
        let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        // Another node may be at it, too; and what stays there costs its space and nothing else.
        if let Err(error) = removed
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %path.display(), %error, "what a process left cannot be removed");
        }
    }
    Ok(())
}

/// Bytes in hex, as blobs are named.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The blob that this is the name of.
fn hash_of_hex(hex: &str) -> Option<BlobHash> {
    let mut hash = BlobHash::default();
    if hex.len() != 64 || !hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

fn too_late() -> StoreError {
    StoreError::Blobs("removing files took too long; run `sheaf gc` again in a quarter of an hour".to_owned())
}

fn size_of(file: &File, path: &Path) -> Result<u64> {
    Ok(file.metadata().map_err(|error| StoreError::file(path, error))?.len())
}
