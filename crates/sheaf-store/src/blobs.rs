//! Content-addressed files in a folder: a blob's name is its SHA-256, so that the same bytes are stored once and a blob
//! never changes. Written to a temporary name, renamed into place; [`Blobs::flush`] makes everything before it durable
//! with one flush of the file system, which is what makes thousands of small files a second possible.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::{Result, StoreError};

/// Whether a temporary file of this age is nobody's any more.
fn is_old(age: Duration) -> bool {
    age > Duration::from_hours(24)
}

/// Name of a blob: SHA-256 of its bytes.
pub type BlobHash = [u8; 32];

pub struct Blobs {
    dir: PathBuf,
    /// What the names of its temporary files begin with.
    owner: String,
    next_temporary: AtomicU64,
}

impl Blobs {
    /// `node`: the number of this process when it is one of several that may share the folder.
    pub(crate) fn open(dir: &Path, node: Option<i64>) -> Result<Self> {
        let temporary = dir.join("tmp");
        fs::create_dir_all(&temporary).map_err(|error| StoreError::file(&temporary, error))?;
        let left = fs::read_dir(&temporary).map_err(|error| StoreError::file(&temporary, error))?;
        for entry in left.flatten() {
            // What a killed process left half-written was never acknowledged. Another node may be writing one now.
            let old = || {
                entry.metadata().and_then(|it| it.modified()).is_ok_and(|it| it.elapsed().is_ok_and(is_old))
            };
            if node.is_none() || old() {
                fs::remove_file(entry.path()).map_err(|error| StoreError::file(&entry.path(), error))?;
            }
        }
        let owner = node.map_or_else(|| std::process::id().to_string(), |node| format!("{node:x}"));
        Ok(Self { dir: dir.to_owned(), owner, next_temporary: AtomicU64::new(0) })
    }

    /// Stores bytes. Durable only after [`Blobs::flush`].
    pub fn put(&self, bytes: &[u8]) -> Result<BlobHash> {
        let hash: BlobHash = Sha256::digest(bytes).into();
        let path = self.path(&hash);
        if path.exists() {
            return Ok(hash);
        }
        let temporary = self.temporary();
        let write = || -> std::io::Result<()> { File::create_new(&temporary)?.write_all(bytes) };
        if let Err(error) = write() {
            // A full volume must not be kept full by what could not be written; the error that counts is the first.
            drop(fs::remove_file(&temporary));
            return Err(StoreError::file(&temporary, error));
        }
        self.place(&temporary, &path)?;
        Ok(hash)
    }

    /// Takes over a file whose SHA-256 is known. Durable only after [`Blobs::flush`]. The file must be on this volume.
    pub fn adopt(&self, file: &Path, hash: &BlobHash) -> Result<()> {
        let path = self.path(hash);
        if path.exists() {
            return fs::remove_file(file).map_err(|error| StoreError::file(file, error));
        }
        self.place(file, &path)
    }

    fn place(&self, file: &Path, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| StoreError::file(folder, error))?;
        }
        fs::rename(file, path).map_err(|error| StoreError::file(path, error))
    }

    /// Makes every blob put before it durable.
    pub fn flush(&self) -> Result<()> {
        let dir = File::open(&self.dir).map_err(|error| StoreError::file(&self.dir, error))?;
        rustix::fs::syncfs(&dir).map_err(|error| StoreError::file(&self.dir, error.into()))
    }

    /// A name for a file that is being written, on the same volume; removed at a later start.
    pub fn temporary(&self) -> PathBuf {
        let n = self.next_temporary.fetch_add(1, Ordering::Relaxed);
        self.dir.join("tmp").join(format!("{}-{n}", self.owner))
    }

    pub fn is_there(&self, hash: &BlobHash) -> bool {
        self.path(hash).is_file()
    }

    /// Opens a blob for reading; `None` when it is not there.
    pub fn open_blob(&self, hash: &BlobHash) -> Result<Option<File>> {
        let path = self.path(hash);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file(&path, error)),
        }
    }

    /// Puts a blob into a new file outside: the same file under a second name where that can be, a copy otherwise. `false` when
    /// it is not there.
    pub fn copy_to(&self, hash: &BlobHash, to: &Path) -> Result<bool> {
        if fs::hard_link(self.path(hash), to).is_ok() {
            return Ok(true);
        }
        // It is not there, or on another volume, or there are no second names.
        let Some(mut from) = self.open_blob(hash)? else { return Ok(false) };
        let part = to.with_extension("part");
        let mut copy = || {
            std::io::copy(&mut from, &mut File::create(&part)?)?;
            fs::rename(&part, to)
        };
        copy().map_err(|error| StoreError::file(to, error)).map(|()| true)
    }

    /// The whole of a blob; `None` when it is not there. For blobs known to be small.
    pub fn read(&self, hash: &BlobHash) -> Result<Option<Vec<u8>>> {
        let Some(mut file) = self.open_blob(hash)? else { return Ok(None) };
        let mut out = Vec::new();
        file.read_to_end(&mut out).map_err(|error| StoreError::file(&self.path(hash), error))?;
        Ok(Some(out))
    }

    /// Whether the stored bytes are what their name says; `None` when the blob is not there.
    pub fn verify(&self, hash: &BlobHash) -> Result<Option<bool>> {
        let Some(mut file) = self.open_blob(hash)? else { return Ok(None) };
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = file.read(&mut buffer).map_err(|error| StoreError::file(&self.path(hash), error))?;
            if n == 0 {
                break;
            }
            digest.update(&buffer[..n]);
        }
        Ok(Some(<BlobHash>::from(digest.finalize()) == *hash))
    }

    fn path(&self, hash: &BlobHash) -> PathBuf {
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        self.dir.join(&hex[..2]).join(&hex[2..])
    }
}
