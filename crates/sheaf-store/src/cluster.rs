//! Being one of several nodes on one PostgreSQL: a thread that looks every so often at what the others changed, so that what
//! is watched here moves although it was changed there, and that says that this one lives. It needs no session, so it works
//! through poolers, too.

use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};

use crate::driver::{Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::jobs;
use crate::memory::Memory;

/// How often is looked; the most that a browser on another node is behind.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After how many looks it says that this node lives.
const KEEP_EVERY: u32 = 25;

pub(crate) struct Cluster {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Cluster {
    pub(crate) fn start(database: Database, memory: Arc<Memory>) -> Result<Self> {
        let (stop, stopped) = bounded::<()>(0);
        let look = move || {
            let (mut conn, mut looks) = (None, 0_u32);
            // Ends when the sender is gone; nothing is ever sent.
            while stopped.recv_timeout(LOOK_EVERY).is_err_and(|why| why.is_timeout()) {
                looks = looks.wrapping_add(1);
                if let Err(error) = look(&database, &mut conn, &memory, looks.is_multiple_of(KEEP_EVERY)) {
                    tracing::warn!(%error, "cannot see what other nodes do");
                    if conn.take().is_some() {
                        memory.meters.lost();
                    }
                }
            }
        };
        let thread =
            std::thread::Builder::new().name("sheaf-cluster".into()).spawn(look).map_err(|error| {
                StoreError::Database(format!("cannot start the look at other nodes: {error}"))
            })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn look(database: &Database, conn: &mut Option<Conn>, memory: &Memory, keep: bool) -> Result<()> {
    let conn = match conn {
        Some(conn) => conn,
        none => none.insert(memory.connect(database, Purpose::Read)?),
    };
    if let Some(seen) = conn.numbers()? {
        memory.catch_up(&seen);
    }
    if keep { jobs::keep(conn, memory) } else { Ok(()) }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
