//! Putting a backup back into a data folder: looked through first, beside what is there, and then put in its place at once.

use std::fs;
use std::path::Path;

use super::backup::{FORMAT, HEADER_FILE, Header, each_content};
use super::import::{put_in_place, remove_database};
use super::{BLOBS, Contents, CopyIn, DATABASE_FILE, blobs_of, digest_of, refused};
use crate::driver::{Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::migrate;
use crate::store::lock;

/// The database while it is looked through.
const UNFINISHED: &str = "sheaf.db.restoring";
/// Where the database goes that is replaced.
const REPLACED: &str = "sheaf.db.replaced";
/// Lines of SQLite's own check that are told.
const INTEGRITY_MAX: u32 = 5;

/// What was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub bytes: u64,
    pub contents: Contents,
    /// Whether there was a database before, which is kept beside it.
    pub replaced: bool,
}

/// Puts the backup in `from` into the data folder `dir`, which no server may have open. Data that is there is only replaced
/// when `replace`; its database is then kept beside the new one until the next time. A kill at any moment leaves the data as it
/// was, or as it is in the backup.
pub fn restore(from: &Path, dir: &Path, replace: bool) -> Result<Restored> {
    let header = read_header(from)?;
    fs::create_dir_all(dir).map_err(|error| StoreError::file(dir, error))?;
    let _lock = lock(dir)?;
    let place = dir.join(DATABASE_FILE);
    let replaced = place.exists();
    if replaced && !replace {
        return Err(refused(format!(
            "there is data in `{}` already; restore into an empty folder, or say --replace",
            dir.display()
        )));
    }
    let unfinished = dir.join(UNFINISHED);
    remove_database(&unfinished)?;
    let source = from.join(DATABASE_FILE);
    fs::copy(&source, &unfinished).map_err(|error| StoreError::file(&source, error))?;
    // The copy, so that what is put in place is what was looked at.
    if digest_of(&unfinished)? != (header.sha256, header.bytes) {
        remove_database(&unfinished)?;
        return Err(refused(format!(
            "`{}` is not what was written: it was cut or changed; take another backup",
            source.display()
        )));
    }
    let contents = look_through(&unfinished, header.schema, from, dir, header.contents)
        .inspect_err(|_| drop(remove_database(&unfinished)))?;
    if replaced {
        put_aside(dir, &place)?;
    }
    put_in_place(&unfinished, &place)?;
    Ok(Restored { bytes: header.bytes, contents, replaced })
}

fn read_header(from: &Path) -> Result<Header> {
    let path = from.join(HEADER_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(refused(format!(
                "there is no `{}`: this is not a backup, or one that was cut off",
                path.display()
            )));
        }
        Err(error) => return Err(StoreError::file(&path, error)),
    };
    let header: Header = serde_json::from_str(&text)
        .map_err(|error| refused(format!("`{}` cannot be read: {error}", path.display())))?;
    if header.format == 0 || header.format > FORMAT {
        return Err(refused(format!(
            "`{}` is of the format {}, and this Sheaf reads up to {FORMAT}; use the version that wrote it ({})",
            path.display(),
            header.format,
            header.sheaf
        )));
    }
    Ok(header)
}

/// Looks through a database that is to be put in place, and takes in the contents that it names.
fn look_through(
    database: &Path,
    schema: i64,
    from: &Path,
    dir: &Path,
    kept: Option<Contents>,
) -> Result<Contents> {
    let damaged =
        |how: &str| refused(format!("the backup's database is damaged ({how}); take another backup"));
    // What cannot even be read is told as an error.
    let unreadable = |error| match error {
        StoreError::Database(text) => damaged(&text),
        other => other,
    };
    let conn = Conn::look_into(database)?;
    let (found, known) = (migrate::found(&conn).map_err(unreadable)?, migrate::known());
    if found > known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    if found != schema {
        return Err(damaged(&format!("it has the schema {found}, and the backup says {schema}")));
    }
    if let Some(first) = conn.integrity(INTEGRITY_MAX).map_err(unreadable)?.first() {
        return Err(damaged(first));
    }
    let blobs = blobs_of(dir)?;
    let mut contents = CopyIn::new(from, &blobs);
    each_content(&conn, &mut |hash| contents.take(hash))?;
    let lost = kept.map_or(u64::MAX, |it| it.missing);
    if contents.count.missing > lost {
        return Err(refused(format!(
            "{} contents that assets name are neither in `{}` nor in the data folder; take another backup",
            contents.count.missing,
            from.join(BLOBS).display()
        )));
    }
    // A folder is made durable as a whole.
    blobs.flush(&[])?;
    Ok(contents.count)
}

/// Gives the database that is there a second name, with all that was committed in it. Its first name is then given to another
/// file in one step.
fn put_aside(dir: &Path, place: &Path) -> Result<()> {
    let aside = dir.join(REPLACED);
    remove_database(&aside)?;
    let settled = Database::Sqlite(place.to_owned())
        .connect(Purpose::Write)
        .and_then(|conn| conn.batch("PRAGMA journal_mode = DELETE"));
    if let Err(error) = settled {
        // It is damaged: then its last commits are kept as the file that they are in. They must not be read into the new one.
        tracing::warn!(%error, "the database that is replaced cannot be opened");
        for end in ["-wal", "-shm"] {
            let name = |path: &Path| Path::new(&format!("{}{end}", path.display())).to_owned();
            match fs::rename(name(place), name(&aside)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::file(&name(place), error));
                }
                _ => {}
            }
        }
    }
    // A second name, or a copy where there are none.
    fs::hard_link(place, &aside)
        .or_else(|_| fs::copy(place, &aside).map(drop))
        .map_err(|error| StoreError::file(&aside, error))
}
