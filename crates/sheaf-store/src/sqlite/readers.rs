//! The pool of read connections. Connections are made when first needed and kept.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};
use crate::library::index::SharedIndexes;
use crate::queue::Shared;
use crate::sql::Tx;

pub(crate) struct Readers {
    path: PathBuf,
    indexes: Arc<SharedIndexes>,
    queue: Arc<Shared>,
    free: Mutex<Free>,
    freed: Condvar,
}

struct Free {
    idle: Vec<Connection>,
    /// Connections that may still be opened.
    unopened: usize,
}

impl Readers {
    pub(super) fn new(path: PathBuf, max: usize, indexes: Arc<SharedIndexes>, queue: Arc<Shared>) -> Self {
        Self {
            path,
            indexes,
            queue,
            free: Mutex::new(Free { idle: Vec::new(), unopened: max }),
            freed: Condvar::new(),
        }
    }

    /// Runs `f` on one snapshot; waits when all connections are in use.
    pub(crate) fn read<T, E: From<StoreError>>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let conn = Lent { conn: Some(self.take()?), readers: self };
        let Some(open) = conn.conn.as_ref() else { return Err(StoreError::Closed.into()) };
        super::in_read(open, &self.indexes, &self.queue, f)
    }

    fn take(&self) -> Result<Connection> {
        let mut free = self.free.lock();
        loop {
            if let Some(conn) = free.idle.pop() {
                return Ok(conn);
            }
            if free.unopened > 0 {
                free.unopened -= 1;
                drop(free);
                let opened = super::connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|conn| {
                    conn.execute_batch("PRAGMA query_only = ON")?;
                    Ok(conn)
                });
                if opened.is_err() {
                    self.free.lock().unopened += 1;
                }
                return opened;
            }
            self.freed.wait(&mut free);
        }
    }
}

/// A connection that goes back to the pool when it is dropped, also by a panic.
struct Lent<'a> {
    conn: Option<Connection>,
    readers: &'a Readers,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        let mut free = self.readers.free.lock();
        // A connection that is still in a transaction (a panic inside it) is not worth keeping.
        if conn.is_autocommit() {
            free.idle.push(conn);
        } else {
            free.unopened += 1;
        }
        drop(free);
        self.readers.freed.notify_one();
    }
}
