//! Blobs in a folder. Written to a temporary name, renamed into place; [`Folder::flush`] makes everything before it durable
//! with one flush of the file system, which is what makes thousands of small files a second possible.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{BUFFER_BYTES, BlobHash, Body, ByteRange, Listed, OpenBlob, hash_of_hex, hex, size_of, too_late};
use crate::error::{Result, StoreError};

pub struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    pub(super) fn put(
        &self,
        hash: &BlobHash,
        bytes: &[u8],
        temporary: impl FnOnce() -> PathBuf,
    ) -> Result<()> {
        let path = self.path(hash);
        if has_bytes(&path, bytes.len() as u64) {
            return Ok(());
        }
        let temporary = temporary();
        let write = || -> std::io::Result<()> { File::create_new(&temporary)?.write_all(bytes) };
        if let Err(error) = write() {
            // A full volume must not be kept full by what could not be written; the error that counts is the first.
            drop(fs::remove_file(&temporary));
            return Err(StoreError::file(&temporary, error));
        }
        place(&temporary, &path)
    }

    pub(super) fn adopt(&self, file: &Path, hash: &BlobHash) -> Result<()> {
        let path = self.path(hash);
        let bytes = fs::metadata(file).map_err(|error| StoreError::file(file, error))?.len();
        if has_bytes(&path, bytes) {
            return fs::remove_file(file).map_err(|error| StoreError::file(file, error));
        }
        place(file, &path)
    }

    pub(super) fn flush(&self) -> Result<()> {
        let dir = File::open(&self.dir).map_err(|error| StoreError::file(&self.dir, error))?;
        rustix::fs::syncfs(&dir).map_err(|error| StoreError::file(&self.dir, error.into()))
    }

    pub(super) fn is_there(&self, hash: &BlobHash) -> bool {
        self.path(hash).is_file()
    }

    pub(super) fn each_piece(&self, hash: &BlobHash, mut piece: impl FnMut(&[u8])) -> Result<bool> {
        let path = self.path(hash);
        let Some(mut file) = open(&path)? else { return Ok(false) };
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let n = file.read(&mut buffer).map_err(|error| StoreError::file(&path, error))?;
            if n == 0 {
                return Ok(true);
            }
            piece(&buffer[..n]);
        }
    }

    pub(super) fn each(&self, mut visit: impl FnMut(Listed)) -> Result<()> {
        for folder in entries(&self.dir)? {
            let start = folder.file_name();
            let start = start.to_string_lossy();
            if start.len() != 2 {
                continue;
            }
            for file in entries(&folder.path())? {
                let Some(hash) = hash_of_hex(&format!("{start}{}", file.file_name().to_string_lossy()))
                else {
                    continue;
                };
                let found = file.metadata().and_then(|meta| Ok((meta.len(), meta.modified()?)));
                let (size, stored) = match found {
                    Ok(found) => found,
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return Err(StoreError::file(&file.path(), error)),
                };
                // One that is of the future by this machine's clock is young.
                visit(Listed { hash, size, age: stored.elapsed().unwrap_or_default() });
            }
        }
        Ok(())
    }

    pub(super) fn remove(&self, blobs: &[BlobHash], may: &dyn Fn() -> bool) -> Result<()> {
        for hash in blobs {
            if !may() {
                return Err(too_late());
            }
            let path = self.path(hash);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(StoreError::file(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn path(&self, hash: &BlobHash) -> PathBuf {
        path_in(&self.dir, hash)
    }
}

/// Where a blob lies in a folder of blobs.
pub(crate) fn path_in(dir: &Path, hash: &BlobHash) -> PathBuf {
    let hex = hex(hash);
    dir.join(&hex[..2]).join(&hex[2..])
}

/// Whether a blob of this length is there. One that the power was cut off before it was durable may have its name and be empty.
fn has_bytes(path: &Path, bytes: u64) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() == bytes)
}

/// Opens a file at the beginning of the part that is wanted.
pub(super) fn open_at(path: &Path, range: Option<ByteRange>) -> Result<Option<OpenBlob>> {
    let Some(mut file) = open(path)? else { return Ok(None) };
    let size = size_of(&file, path)?;
    let Some(range) = ByteRange::of(range, size) else { return Ok(Some(OpenBlob::outside(size))) };
    file.seek(SeekFrom::Start(range.start)).map_err(|error| StoreError::file(path, error))?;
    Ok(Some(OpenBlob { size, range: Some(range), body: Body::File(file) }))
}

/// What is in a folder; nothing when it is not a folder.
fn entries(dir: &Path) -> Result<Vec<fs::DirEntry>> {
    match fs::read_dir(dir) {
        Ok(entries) => entries.collect::<std::io::Result<_>>().map_err(|error| StoreError::file(dir, error)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(StoreError::file(dir, error)),
    }
}

fn open(path: &Path) -> Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::file(path, error)),
    }
}

fn place(file: &Path, path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| StoreError::file(folder, error))?;
    }
    fs::rename(file, path).map_err(|error| StoreError::file(path, error))
}
