//! The one writer: a thread that drains its channel into one transaction and commits it once (group commit).
//!
//! A job that fails takes nothing of the others with it: what it wrote is rolled back to a savepoint. A savepoint costs as
//! much as a few statements (SQLite copies every page that is written for the first time after it), so jobs that may be run
//! once more share one: when one of them fails after it has written, all since the savepoint are undone and run again, each
//! in a savepoint of its own. Nobody is told anything before the commit is durable. With `synchronous=FULL` a commit costs a
//! flush of the disk; sharing it is what makes thousands of claims a second possible.

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

/// What somebody wants written.
pub(crate) trait Job: Send {
    /// Whether it may be run once more after what it wrote was undone.
    fn repeatable(&self) -> bool;
    /// Writes; whether to keep it. What a run before it came to is forgotten.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// Tells the caller once the outcome is known: `Ok` after a durable commit or a wanted rollback.
    fn reply(self: Box<Self>, outcome: std::result::Result<(), CommitFailure>);
}

type Jobs = Vec<Box<dyn Job>>;

pub(crate) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
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
    pub(crate) fn put(&self, job: Box<dyn Job>) -> Result<()> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or(StoreError::Closed)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.jobs.as_ref().map_or(0, Sender::len)
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

fn run(conn: &Connection, queue: &Receiver<Box<dyn Job>>, indexes: &SharedIndexes, memory: &Shared) {
    while let Ok(first) = queue.recv() {
        let mut done = Vec::new();
        let outcome = group(conn, indexes, memory, first, queue, &mut done).map_err(|error| {
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
        for job in done {
            job.reply(outcome.clone());
        }
    }
}

fn group(
    conn: &Connection,
    indexes: &SharedIndexes,
    memory: &Shared,
    first: Box<dyn Job>,
    queue: &Receiver<Box<dyn Job>>,
    done: &mut Jobs,
) -> Result<()> {
    let known = indexes.known();
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let tx = Tx::new(conn, known, memory);
    done.push(first);
    let mut ran = 0;
    loop {
        // Also what came while the others ran.
        done.extend(queue.try_iter().take(GROUP_MAX - done.len()));
        if ran == done.len() {
            break;
        }
        for jobs in done[ran..].chunk_by_mut(|one, other| one.repeatable() && other.repeatable()) {
            run_in_savepoint(conn, &tx, jobs)?;
        }
        ran = done.len();
    }
    tx.settle_progress()?;
    tx.settle_hours()?;
    conn.execute_batch("COMMIT")?;
    indexes.publish(tx.pending.take());
    if tx.credentials_changed.get() {
        indexes.credentials_changed();
    }
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

/// Runs jobs in one savepoint; when one of several is to be undone, all of them again, each in a savepoint of its own.
fn run_in_savepoint(conn: &Connection, tx: &Tx<'_>, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    conn.prepare_cached("SAVEPOINT jobs")?.execute([])?;
    tx.book.begin();
    tx.hours.begin();
    let kept = jobs.iter_mut().all(|job| attempt(tx, job.as_mut()));
    if !kept {
        conn.prepare_cached("ROLLBACK TO jobs")?.execute([])?;
        // What was undone may have left an index behind that no longer fits the rows.
        tx.pending.borrow_mut().clear();
        tx.book.undo();
        tx.hours.undo();
        tx.queue.forget();
    }
    conn.prepare_cached("RELEASE jobs")?.execute([])?;
    if !kept && jobs.len() > 1 {
        for job in jobs {
            run_in_savepoint(conn, tx, std::slice::from_mut(job))?;
        }
    }
    Ok(())
}

/// Runs a job; `false` when it wrote something that is to be undone. One that panicked has no answer for its caller, who
/// sees the closed channel.
fn attempt(tx: &Tx<'_>, job: &mut dyn Job) -> bool {
    tx.wrote.set(false);
    let keep = catch_unwind(AssertUnwindSafe(|| job.run(tx))).unwrap_or(false);
    keep || !tx.wrote.get()
}
