//! The pool of read connections. Connections are made when first needed and kept.

use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use crate::driver::{Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::memory::Memory;
use crate::sql::Tx;

pub(crate) struct Readers {
    database: Database,
    memory: Arc<Memory>,
    free: Mutex<Free>,
    freed: Condvar,
}

struct Free {
    idle: Vec<Conn>,
    /// Connections that may still be opened.
    unopened: usize,
}

impl Readers {
    pub(crate) fn new(database: Database, max: usize, memory: Arc<Memory>) -> Self {
        Self {
            database,
            memory,
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
        // The index is taken before the snapshot begins, so that it is never newer than the rows (see library::index).
        let known = self.memory.indexes.known();
        self.memory.meters.read();
        open.begin_read()?;
        let tx = Tx::new(open, known, &self.memory, Purpose::Read);
        let out = f(&tx);
        self.memory.indexes.publish(tx.pending.take());
        // A connection that was lost meanwhile is not kept; the snapshot has no need of its end.
        if !open.is_broken() {
            open.rollback()?;
        }
        out
    }

    fn take(&self) -> Result<Conn> {
        let mut free = self.free.lock();
        loop {
            if let Some(conn) = free.idle.pop() {
                return Ok(conn);
            }
            if free.unopened > 0 {
                free.unopened -= 1;
                drop(free);
                let opened = self.memory.connect(&self.database, Purpose::Read);
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
    conn: Option<Conn>,
    readers: &'a Readers,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        let mut free = self.readers.free.lock();
        // A connection that is still in a transaction (a panic inside it) is not worth keeping.
        if conn.is_idle() {
            free.idle.push(conn);
        } else {
            free.unopened += 1;
            self.readers.memory.meters.lost();
        }
        drop(free);
        self.readers.freed.notify_one();
    }
}
