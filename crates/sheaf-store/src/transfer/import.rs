//! A whole instance from a folder into an empty database: all of it or nothing.
//!
//! PostgreSQL is filled in one transaction. An SQLite database is written to a file of another name, without a journal, which
//! takes its own name when it is whole and durable. So what was cut off leaves an empty instance, and is run again; contents
//! that were taken in are not taken in again.

use std::fs::{self, File};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use super::export::contents_of;
use super::file::{Head, Reader};
use super::header::{Header, TableFile};
use super::{Contents, CopyIn, DATABASE_FILE, blobs_of, refused, tables};
use crate::driver::arg::OwnedArg;
use crate::driver::{Arg, Columns, Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::migrate;
use crate::store::lock;
use crate::topics::{Topic, Topics};
use crate::turn::Turn;

/// Blocks that the reading of files may be ahead.
const BLOCKS_AHEAD: usize = 2;
/// The database while it is being filled.
const UNFINISHED: &str = "sheaf.db.importing";

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub tables: usize,
    pub rows: u64,
    pub contents: Contents,
    /// Whether the export has the contents in it.
    pub with_contents: bool,
}

/// Reads an export into an empty instance. `told` is called before each table.
pub fn import_all(
    from: &Path,
    dir: &Path,
    database: Option<&str>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Imported> {
    let header = Header::read(from)?;
    let known = migrate::known();
    if header.schema > known {
        return Err(StoreError::SchemaTooNew { found: header.schema, known });
    }
    fs::create_dir_all(dir).map_err(|error| StoreError::file(dir, error))?;
    match database {
        Some(url) => {
            let database = Database::postgres(url)?;
            database.waiting(|| {
                let conn = database.connect(Purpose::Write)?;
                let out = conn.patiently(|| fill(&conn, from, &header, dir, told))?;
                if let Err(error) = conn.patiently(|| conn.analyze()) {
                    tracing::warn!(%error, "everything is there, but PostgreSQL could not be told to look at it: run ANALYZE");
                }
                Ok(out)
            })
        }
        None => into_file(from, &header, dir, told),
    }
}

fn into_file(
    from: &Path,
    header: &Header,
    dir: &Path,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Imported> {
    let _lock = lock(dir)?;
    let place = dir.join(DATABASE_FILE);
    if place.exists() {
        return Err(refused(format!(
            "there is data in `{}` already; an import needs an empty folder",
            dir.display()
        )));
    }
    let unfinished = dir.join(UNFINISHED);
    remove_database(&unfinished)?;
    let filled = Database::Sqlite(unfinished.clone()).connect(Purpose::Write).and_then(|conn| {
        conn.without_journal()?;
        fill(&conn, from, header, dir, told)
    });
    let out = filled.inspect_err(|_| drop(remove_database(&unfinished)))?;
    put_in_place(&unfinished, &place)?;
    Ok(out)
}

/// Removes a database that is not in use, with what belongs to it.
pub(super) fn remove_database(path: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        let path = Path::new(&name);
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::file(path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes a database durable and gives it its name.
pub(super) fn put_in_place(from: &Path, to: &Path) -> Result<()> {
    let synced = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    synced(from).map_err(|error| StoreError::file(from, error))?;
    if !to.exists() {
        // The log of a database that somebody removed would be read into this one.
        remove_database(to)?;
    }
    fs::rename(from, to).map_err(|error| StoreError::file(to, error))?;
    let dir = to.parent().unwrap_or(Path::new("."));
    synced(dir).map_err(|error| StoreError::file(dir, error))
}

fn fill(
    conn: &Conn,
    from: &Path,
    header: &Header,
    dir: &Path,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Imported> {
    migrate::run_until(conn, header.schema)?;
    let found = migrate::found(conn)?;
    if found != header.schema {
        return Err(refused(format!(
            "the database has the schema {found} and the export {}; import into a new database",
            header.schema
        )));
    }
    let blobs = blobs_of(dir)?;
    let mut contents = header.contents.map(|_| CopyIn::new(from, &blobs));
    conn.begin_import()?;
    let there = tables::moving(conn)?;
    is_complete(header, &there)?;
    for table in &there {
        is_empty(conn, table)?;
    }
    let mut rows = 0;
    for file in &header.tables {
        told(&file.table);
        rows += load(conn, from, file, contents.as_mut())?;
    }
    let came = contents.map_or_else(Contents::default, |it| it.count);
    let lost = header.contents.map_or(0, |it| it.missing);
    if came.missing > lost {
        return Err(refused(format!(
            "{} contents that assets name are neither in the export nor in `{}`: copy the export again",
            came.missing,
            dir.display()
        )));
    }
    // A folder is made durable as a whole.
    blobs.flush(&[])?;
    // A node that was started too early has looked at the empty tables.
    let all = Topics::default();
    Topic::ALL.into_iter().for_each(|topic| all.add(topic));
    conn.commit(&Turn::all(), &all)?;
    migrate::run(conn)?;
    Ok(Imported { tables: there.len(), rows, contents: came, with_contents: header.contents.is_some() })
}

/// Whether the export has the very tables that the database wants.
fn is_complete(header: &Header, there: &[String]) -> Result<()> {
    let missing = there.iter().find(|table| header.tables.iter().all(|file| file.table != **table));
    let unknown = header.tables.iter().find(|file| !there.contains(&file.table));
    match (missing, unknown) {
        (Some(table), _) => Err(refused(format!("the export has no table {table}; it is not whole"))),
        (None, Some(file)) => {
            Err(refused(format!("the export has a table {} that Sheaf does not know", file.table)))
        }
        (None, None) => Ok(()),
    }
}

fn is_empty(conn: &Conn, table: &str) -> Result<()> {
    let mut empty = true;
    conn.query(&format!("SELECT 1 FROM {table} LIMIT 1"), &[], &mut |_| {
        empty = false;
        Ok(std::ops::ControlFlow::Break(()))
    })?;
    if empty {
        return Ok(());
    }
    Err(refused(format!(
        "the database is not empty: its table {table} has rows; import into a new database, before any node is started on it"
    )))
}

fn load(conn: &Conn, from: &Path, known: &TableFile, contents: Option<&mut CopyIn<'_>>) -> Result<u64> {
    let reader = Reader::open(from, known)?;
    let columns = conn.columns(&known.table)?;
    if columns.all != reader.head.columns {
        return Err(refused(format!(
            "`{}` has other columns than the table {} of the schema that the export names",
            known.file, known.table
        )));
    }
    let head = reader.head.clone();
    let (blocks, read) = sync_channel(BLOCKS_AHEAD);
    // Reading, checking and parsing beside the writing of the database.
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let mut reader = reader;
            while let Some(block) = reader.block()? {
                if blocks.send(block).is_err() {
                    break;
                }
            }
            Ok::<_, StoreError>(reader)
        });
        let written = put(conn, known, &head, &columns, read, contents);
        let reader = reading.join().map_err(|_| StoreError::Panicked)?;
        written?;
        reader?.finish(known)
    })
}

fn put(
    conn: &Conn,
    known: &TableFile,
    head: &Head,
    columns: &Columns,
    blocks: Receiver<Vec<Vec<OwnedArg>>>,
    mut contents: Option<&mut CopyIn<'_>>,
) -> Result<()> {
    let names = Columns::names(&columns.all);
    let named: Vec<usize> = contents_of(&known.table).iter().filter_map(|name| columns.place(name)).collect();
    let mut done = 0;
    for block in blocks {
        for (at, row) in (done + 1_u64..).zip(&block) {
            if conn.is_shared() {
                has_no_zero(row, head, at)?;
            }
            let Some(contents) = &mut contents else { continue };
            for &place in &named {
                if let OwnedArg::Blob(bytes) = &row[place]
                    && let Ok(hash) = bytes.as_slice().try_into()
                {
                    contents.take(hash)?;
                }
            }
        }
        let mut rows = block.iter().map(|row| row.iter().map(OwnedArg::as_arg).collect::<Vec<Arg<'_>>>());
        conn.insert(&known.table, &names, &mut rows).map_err(|error| match error {
            StoreError::Constraint(text) | StoreError::Database(text) => {
                refused(format!("`{}`, in the {} rows after row {done}: {text}", known.file, block.len()))
            }
            other => other,
        })?;
        done += block.len() as u64;
    }
    Ok(())
}

/// PostgreSQL keeps no text with a zero byte in it.
fn has_no_zero(row: &[OwnedArg], head: &Head, at: u64) -> Result<()> {
    for (value, column) in row.iter().zip(&head.columns) {
        if let OwnedArg::Text(text) = value
            && text.contains('\0')
        {
            return Err(refused(format!(
                "row {at} of {} has a zero byte in `{}`, which PostgreSQL cannot keep; change it where it was exported from, and \
                 export again",
                head.table, column.name
            )));
        }
    }
    Ok(())
}
