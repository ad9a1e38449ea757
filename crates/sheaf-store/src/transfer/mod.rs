//! Moving a whole instance: out of a database into a folder of plain files, and from there into an empty database of either
//! kind ([`export_all`], [`import_all`]); and the copies of an SQLite instance that are put back as they are ([`backup`],
//! [`restore`]). Nothing of it needs the store to be open, and reading goes on beside a server that serves the data.

mod backup;
mod export;
mod file;
mod header;
mod import;
mod restore;
mod row;
mod tables;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use backup::{BackedUp, backup};
pub use export::{Exported, export_all};
pub use import::{Imported, import_all};
pub use restore::{Restored, restore};
pub use tables::undecided;

use crate::blobs::{BlobHash, Blobs, hex, path_in};
use crate::driver::{Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::memory::new_node;
use crate::migrate;
use crate::store::{BLOBS, DATABASE_FILE};

fn refused(text: impl Into<String>) -> StoreError {
    StoreError::Transfer(text.into())
}

/// Opens a database for reading; it must be there, and of the schema that this Sheaf works with when `current`.
fn open_to_read(dir: &Path, database: Option<&str>, current: bool) -> Result<(Conn, i64)> {
    let (database, place) = match database {
        Some(url) => (Database::postgres(url)?, "the database".to_owned()),
        None => {
            let path = dir.join(DATABASE_FILE);
            if !path.exists() {
                return Err(refused(format!(
                    "there is no data in `{}`; name its folder with --data, or its database with --database",
                    dir.display()
                )));
            }
            let place = format!("`{}`", path.display());
            (Database::Sqlite(path), place)
        }
    };
    let conn = database.connect(Purpose::Read)?;
    let (found, known) = (migrate::found(&conn)?, migrate::known());
    if found == 0 {
        return Err(refused(format!("there is no data in {place}")));
    }
    if found > known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    if current && found < known {
        return Err(refused(format!(
            "{place} has the schema {found}, and this Sheaf works with {known}; start `sheaf serve` of this version once, \
             which brings it up to date, or use the version that serves it"
        )));
    }
    Ok((conn, found))
}

/// The contents of a data folder that a server may have open.
fn blobs_of(dir: &Path) -> Result<Blobs> {
    // As another node would: what is being written there by others is left alone.
    Blobs::open(&dir.join(BLOBS), Some(new_node()), None)
}

/// Whether an export or a backup has contents in it.
pub fn has_contents(from: &Path) -> bool {
    from.join(BLOBS).exists()
}

/// Makes a folder to write into, which must have nothing in it.
fn make_empty(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).map_err(|error| StoreError::file(dir, error))?;
    let mut entries = fs::read_dir(dir).map_err(|error| StoreError::file(dir, error))?;
    if entries.next().is_some() {
        return Err(refused(format!(
            "`{}` is not empty; name a new folder (what a run that was cut off has left there can be removed)",
            dir.display()
        )));
    }
    Ok(())
}

/// Where a content lies in an export or a backup.
fn blob_path(out: &Path, hash: &BlobHash) -> PathBuf {
    path_in(&out.join(BLOBS), hash)
}

/// The SHA-256 of a file and how long it is.
fn digest_of(path: &Path) -> Result<(String, u64)> {
    let wrong = |error| StoreError::file(path, error);
    let mut file = File::open(path).map_err(wrong)?;
    let (mut digest, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 18]);
    loop {
        let n = file.read(&mut buffer).map_err(wrong)?;
        if n == 0 {
            return Ok((hex(&digest.finalize()), bytes));
        }
        digest.update(&buffer[..n]);
        bytes += n as u64;
    }
}

/// Makes everything below a folder durable.
fn flush(dir: &Path) -> Result<()> {
    let file = File::open(dir).map_err(|error| StoreError::file(dir, error))?;
    rustix::fs::syncfs(&file).map_err(|error| StoreError::file(dir, error.into()))
}

/// Writes a file that says that everything beside it is whole: all of it is durable before, and itself after.
fn put_last(path: &Path, text: &str) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    flush(dir)?;
    let part = path.with_extension("part");
    fs::write(&part, text).map_err(|error| StoreError::file(&part, error))?;
    fs::rename(&part, path).map_err(|error| StoreError::file(path, error))?;
    flush(dir)
}

/// Contents that were copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Contents {
    pub files: u64,
    pub bytes: u64,
    /// Named by an asset and not there.
    pub missing: u64,
}

/// Copies contents out of a data folder as the assets that name them go by.
struct CopyOut<'a> {
    blobs: &'a Blobs,
    out: &'a Path,
    count: Contents,
}

impl<'a> CopyOut<'a> {
    fn new(blobs: &'a Blobs, out: &'a Path) -> Self {
        Self { blobs, out, count: Contents::default() }
    }

    fn copy(&mut self, hash: &BlobHash) -> Result<()> {
        let to = blob_path(self.out, hash);
        if to.exists() {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(|error| StoreError::file(folder, error))?;
        }
        if self.blobs.copy_to(hash, &to)? {
            self.count.files += 1;
            self.count.bytes += fs::metadata(&to).map_err(|error| StoreError::file(&to, error))?.len();
        } else {
            tracing::warn!(content = hex(hash), "a content that an asset names is not there");
            self.count.missing += 1;
        }
        Ok(())
    }
}

/// Takes contents into a data folder from an export or a backup.
struct CopyIn<'a> {
    from: &'a Path,
    blobs: &'a Blobs,
    count: Contents,
}

impl<'a> CopyIn<'a> {
    fn new(from: &'a Path, blobs: &'a Blobs) -> Self {
        Self { from, blobs, count: Contents::default() }
    }

    /// What is there already, whole, is left as it is; what comes is read through, and must be what its name says.
    fn take(&mut self, hash: &BlobHash) -> Result<()> {
        if self.blobs.verify(hash)? == Some(true) {
            return Ok(());
        }
        let path = blob_path(self.from, hash);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.count.missing += 1;
                return Ok(());
            }
            Err(error) => return Err(StoreError::file(&path, error)),
        };
        let part = self.blobs.temporary();
        let bytes = std::io::copy(
            &mut file,
            &mut File::create(&part).map_err(|error| StoreError::file(&part, error))?,
        )
        .map_err(|error| StoreError::file(&part, error))?;
        if digest_of(&part)?.0 != hex(hash) {
            drop(fs::remove_file(&part));
            return Err(refused(format!(
                "`{}` is not what its name says: it was changed or cut; take it from the source again",
                path.display()
            )));
        }
        self.blobs.adopt(&part, hash)?;
        self.count.files += 1;
        self.count.bytes += bytes;
        Ok(())
    }
}
