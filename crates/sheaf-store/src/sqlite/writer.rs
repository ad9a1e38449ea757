//! The one writer: a thread that drains its channel into one transaction and commits it once (group commit).
//!
//! Each job runs in a savepoint of its own, so that one that fails takes nothing of the others with it. Nobody is told
//! anything before the commit is durable. With `synchronous=FULL` a commit costs a flush of the disk; sharing it is what
//! makes thousands of claims a second possible.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::Connection;

use crate::error::{Result, StoreError};
use crate::library::index::SharedIndexes;
use crate::queue::Shared;
use crate::sql::Tx;

/// Jobs that one commit may carry; bounds how long the first of them waits.
const GROUP_MAX: usize = 256;
/// Jobs that may wait before callers are held back.
const WAITING_MAX: usize = 4096;

/// What a job leaves behind: whether to keep its rows, and how to tell its caller.
pub(crate) struct Finished {
    pub(crate) keep: bool,
    /// Called once the outcome is known: `Ok` after a durable commit or a wanted rollback.
    pub(crate) reply: Reply,
}

type Reply = Box<dyn FnOnce(std::result::Result<(), CommitFailure>) + Send>;

/// Why a commit failed, in a form that every job of the group can be told.
#[derive(Debug, Clone)]
pub(crate) enum CommitFailure {
    DiskFull,
    Other(String),
}

impl From<CommitFailure> for StoreError {
    fn from(failure: CommitFailure) -> Self {
        match failure {
            CommitFailure::DiskFull => Self::DiskFull,
            CommitFailure::Other(text) => Self::Database(text),
        }
    }
}

pub(crate) type Job = Box<dyn FnOnce(&Tx<'_>) -> Finished + Send>;

pub(crate) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(conn: Connection, indexes: Arc<SharedIndexes>, memory: Arc<Shared>) -> Result<Self> {
        let (jobs, queue) = bounded(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("sheaf-writer".into())
            .spawn(move || run(&conn, &queue, &indexes, &memory))
            .map_err(|error| StoreError::Database(format!("cannot start the writer: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Puts a job in line; blocks while too many are waiting.
    pub(crate) fn put(&self, job: Job) -> Result<()> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or(StoreError::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has rolled back; there is nothing left to do about it here.
            drop(thread.join());
        }
    }
}

fn run(conn: &Connection, queue: &Receiver<Job>, indexes: &SharedIndexes, memory: &Shared) {
    while let Ok(first) = queue.recv() {
        let mut replies = Vec::new();
        let outcome = group(conn, indexes, memory, first, queue, &mut replies).map_err(|error| {
            // What was remembered of rows that are not there now.
            memory.forget();
            tracing::error!(%error, "a commit failed");
            if !conn.is_autocommit() {
                // Already failing: the rollback is best effort, SQLite does the same by itself on most errors.
                drop(conn.execute_batch("ROLLBACK"));
            }
            match error {
                StoreError::DiskFull => CommitFailure::DiskFull,
                other => CommitFailure::Other(other.to_string()),
            }
        });
        for reply in replies {
            reply(outcome.clone());
        }
    }
}

fn group(
    conn: &Connection,
    indexes: &SharedIndexes,
    memory: &Shared,
    first: Job,
    queue: &Receiver<Job>,
    replies: &mut Vec<Reply>,
) -> Result<()> {
    let known = indexes.known();
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let tx = Tx::new(conn, known, memory);
    let mut next = Some(first);
    while let Some(job) = next {
        conn.prepare_cached("SAVEPOINT job")?.execute([])?;
        tx.book.begin();
        tx.hours.begin();
        tx.wrote.set(false);
        let mut keep = false;
        // A job that panicked drops its reply; its caller sees the closed channel.
        if let Ok(finished) = catch_unwind(AssertUnwindSafe(|| job(&tx))) {
            keep = finished.keep;
            replies.push(finished.reply);
        }
        if !keep {
            conn.prepare_cached("ROLLBACK TO job")?.execute([])?;
            // The rolled-back job may have left an index behind that no longer fits the rows.
            tx.pending.borrow_mut().clear();
            tx.book.undo();
            tx.hours.undo();
            if tx.wrote.get() {
                memory.forget();
            }
        }
        conn.prepare_cached("RELEASE job")?.execute([])?;
        next = if replies.len() < GROUP_MAX { queue.try_recv().ok() } else { None };
    }
    tx.settle_progress()?;
    tx.settle_hours()?;
    conn.execute_batch("COMMIT")?;
    indexes.publish(tx.pending.take());
    if tx.library_changed.get() {
        indexes.changed();
    }
    if tx.outbox_changed.get() {
        indexes.outbox_changed();
    }
    if tx.queue_changed.get() {
        indexes.queue_changed();
    }
    Ok(())
}
