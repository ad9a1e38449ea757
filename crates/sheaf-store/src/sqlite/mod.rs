//! The SQLite database: one writer thread with group commit, a pool of readers, the lock that keeps a second process out.

mod migrate;
mod readers;
mod writer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};
use crate::library::index::SharedIndexes;
use crate::queue::Shared;
use crate::sql::Tx;
pub(crate) use readers::Readers;
pub(crate) use writer::{CommitFailure, Job, Writer};

/// Connections for reading; a long export holds one.
const READERS_MAX: usize = 8;
/// How long another process may take to end, and how often is looked.
const LOCK_WAIT: Duration = Duration::from_millis(500);
const LOCK_LOOK: Duration = Duration::from_millis(10);
/// Oldest SQLite without the WAL-reset race, which can lose committed writes.
const SQLITE_MIN: i32 = 3_051_003;

pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    pub(crate) path: PathBuf,
    _lock: File,
}

impl Sqlite {
    /// Opens or makes the database in `dir`, migrates it, and keeps every other process out until it is dropped.
    pub(crate) fn open(dir: &Path, indexes: Arc<SharedIndexes>, queue: Arc<Shared>) -> Result<Self> {
        if rusqlite::version_number() < SQLITE_MIN {
            return Err(StoreError::UnsafeSqlite(rusqlite::version().to_owned()));
        }
        std::fs::create_dir_all(dir).map_err(|error| StoreError::file(dir, error))?;
        let lock_path = dir.join("sheaf.lock");
        let lock = File::create(&lock_path).map_err(|error| StoreError::file(&lock_path, error))?;
        // A process that is just ending may have it for a moment, or a child between its fork and its exec.
        let began = Instant::now();
        while lock.try_lock().is_err() {
            if began.elapsed() > LOCK_WAIT {
                return Err(StoreError::InUse(dir.display().to_string()));
            }
            std::thread::sleep(LOCK_LOOK);
        }
        let path = dir.join("sheaf.db");
        let mut conn = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        migrate::run(&mut conn)?;
        let writer = Writer::start(conn, indexes.clone(), queue.clone())?;
        let readers = Readers::new(path.clone(), READERS_MAX, indexes, queue);
        Ok(Self { writer, readers, path, _lock: lock })
    }

    /// A consistent copy of the database into a new file, while it is in use.
    pub(crate) fn backup(&self, to: &Path) -> Result<()> {
        let from = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let text =
            to.to_str().ok_or_else(|| StoreError::Database("path of the backup is not UTF-8".into()))?;
        from.execute("VACUUM INTO ?1", [text])?;
        Ok(())
    }
}

/// Opens a connection with the settings that all of them share.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.set_prepared_statement_cache_capacity(512);
    // Plans do not depend on the values that are bound; otherwise every statement on a table with partial indexes is
    // compiled again at every run.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // page_size only counts before the first table is made; 8 KB fits a dense bitmap's container.
    conn.execute_batch(
        "PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;
         PRAGMA mmap_size = 1073741824;
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA busy_timeout = 5000;",
    )?;
    Ok(conn)
}

/// Runs `f` in a read transaction on `conn`.
fn in_read<T, E: From<StoreError>>(
    conn: &Connection,
    indexes: &SharedIndexes,
    queue: &Shared,
    f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    // The index is taken before the snapshot begins, so that it is never newer than the rows (see library::index).
    let known = indexes.known();
    conn.execute_batch("BEGIN DEFERRED").map_err(StoreError::from)?;
    let tx = Tx::new(conn, known, queue);
    let out = f(&tx);
    indexes.publish(tx.pending.take());
    conn.execute_batch("ROLLBACK").map_err(StoreError::from)?;
    out
}
