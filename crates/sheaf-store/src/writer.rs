//! The one writer: a thread that drains its channel into one transaction and commits it once (group commit).
//!
//! A job that fails takes nothing of the others with it: what it wrote is rolled back to a savepoint. A savepoint costs as
//! much as a few statements (SQLite copies every page that is written for the first time after it), so jobs that may be run
//! once more share one: when one of them fails after it has written, all since the savepoint are undone and run again, each
//! in a savepoint of its own. Nobody is told anything before the commit is durable. With `synchronous=FULL` a commit costs a
//! flush of the disk; sharing it is what makes thousands of claims a second possible.
//!
//! With PostgreSQL every node has such a writer, and a group is written while it holds the row of `cluster`: the nodes take
//! turns, and each sees what the others wrote.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::driver::{Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::memory::Memory;
use crate::sql::Tx;

/// Jobs that one commit may carry; bounds how long the first of them waits.
const GROUP_MAX: usize = 256;
/// Jobs that may wait before callers are held back.
const WAITING_MAX: usize = 4096;

/// Why a commit failed, in a form that every job of the group can be told.
#[derive(Debug, Clone)]
pub(crate) enum CommitFailure {
    DiskFull,
    Unreachable(String),
    Other(String),
}

impl From<StoreError> for CommitFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Unreachable(why) => Self::Unreachable(why),
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<CommitFailure> for StoreError {
    fn from(failure: CommitFailure) -> Self {
        match failure {
            CommitFailure::DiskFull => Self::DiskFull,
            CommitFailure::Unreachable(why) => Self::Unreachable(why),
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
    /// What it came to cannot be kept, for this reason.
    fn spoil(&mut self, error: StoreError);
    /// Tells the caller once the outcome is known: `Ok` after a durable commit or a wanted rollback.
    fn reply(self: Box<Self>, outcome: std::result::Result<(), CommitFailure>);
}

type Jobs = Vec<Box<dyn Job>>;

pub(crate) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(database: Database, conn: Conn, memory: Arc<Memory>) -> Result<Self> {
        let (jobs, queue) = bounded(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("sheaf-writer".into())
            .spawn(move || Desk { database, conn: Some(conn), memory }.run(&queue))
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

/// What the thread works with.
struct Desk {
    database: Database,
    /// None after it was lost.
    conn: Option<Conn>,
    memory: Arc<Memory>,
}

impl Desk {
    fn run(mut self, queue: &Receiver<Box<dyn Job>>) {
        while let Ok(first) = queue.recv() {
            let mut done = vec![first];
            let outcome = self.group(queue, &mut done).map_err(|error| {
                // What was remembered of rows that are not there now.
                self.memory.queue.forget();
                tracing::error!(%error, "a commit failed");
                self.memory.meters.failed();
                self.give_up();
                CommitFailure::from(error)
            });
            for job in done {
                job.reply(outcome.clone());
            }
        }
    }

    /// Undoes what a failed group has open.
    fn give_up(&mut self) {
        let Some(conn) = &self.conn else { return };
        if !conn.is_idle() && !conn.is_broken() {
            // Already failing: the rollback is best effort, SQLite does the same by itself on most errors.
            drop(conn.rollback());
        }
        if conn.is_broken() {
            self.conn = None;
            self.memory.meters.lost();
        }
    }

    fn group(&mut self, queue: &Receiver<Box<dyn Job>>, done: &mut Jobs) -> Result<()> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            lost => {
                let conn = self.database.connect(Purpose::Write)?;
                self.memory.meters.opened();
                lost.insert(conn)
            }
        };
        let known = self.memory.indexes.known();
        let asked = Instant::now();
        let began = conn.begin_write()?;
        let turn = Instant::now();
        self.memory.meters.turn(turn - asked);
        if let Some(numbers) = began {
            self.memory.catch_up(numbers);
        }
        let tx = Tx::new(conn, known, &self.memory, Purpose::Write);
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
        let committing = Instant::now();
        conn.commit(&tx.changed)?;
        let durable = Instant::now();
        self.memory.meters.done(done.len(), durable - turn, durable - committing, &tx.tally.settle());
        self.memory.indexes.publish(tx.pending.take());
        self.memory.committed(began, &tx.changed);
        Ok(())
    }
}

/// Runs jobs in one savepoint; when one of several is to be undone, all of them again, each in a savepoint of its own.
fn run_in_savepoint(conn: &Conn, tx: &Tx<'_>, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    conn.savepoint()?;
    tx.book.begin();
    tx.hours.begin();
    tx.tally.begin();
    tx.alone.set(jobs.len() == 1);
    let kept = jobs.iter_mut().all(|job| attempt(tx, job.as_mut()) && !conn.has_failed());
    // What nobody waited for may have gone wrong.
    let spoilt = if kept { conn.release().err() } else { None };
    if kept && spoilt.is_none() {
        return Ok(());
    }
    conn.undo()?;
    conn.release()?;
    // What was undone may have left an index behind that no longer fits the rows.
    tx.pending.borrow_mut().clear();
    tx.book.undo();
    tx.hours.undo();
    tx.tally.undo();
    tx.queue.forget();
    match jobs {
        [job] => {
            if let Some(error) = spoilt {
                job.spoil(error);
            }
            Ok(())
        }
        jobs => jobs.iter_mut().try_for_each(|job| run_in_savepoint(conn, tx, std::slice::from_mut(job))),
    }
}

/// Runs a job; `false` when it wrote something that is to be undone. One that panicked has no answer for its caller, who
/// sees the closed channel.
fn attempt(tx: &Tx<'_>, job: &mut dyn Job) -> bool {
    tx.wrote.set(false);
    let keep = catch_unwind(AssertUnwindSafe(|| job.run(tx))).unwrap_or(false);
    keep || !tx.wrote.get()
}
