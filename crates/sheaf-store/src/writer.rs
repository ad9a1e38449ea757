//! The one writer: a thread that drains its channel into one transaction and commits it once (group commit).
//!
//! A job that fails takes nothing of the others with it: what it wrote is rolled back to a savepoint. A savepoint costs as
//! much as a few statements (SQLite copies every page that is written for the first time after it), so jobs that may be run
//! once more share one: when one of them fails after it has written, all since the savepoint are undone and run again, each
//! in a savepoint of its own. Nobody is told anything before the commit is durable. With `synchronous=FULL` a commit costs a
//! flush of the disk; sharing it is what makes thousands of claims a second possible.
//!
//! With PostgreSQL every node has such a writer, and the nodes take turns ([`crate::turn`]): a group is made of jobs that one
//! turn covers, and sees what others wrote in turns before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::ahead::{Ask, Questions};
use crate::driver::{Conn, Database, Purpose};
use crate::error::{Result, StoreError};
use crate::line::{End, Line, line};
use crate::memory::Memory;
use crate::sql::Tx;
use crate::turn::Turn;

/// Jobs that one commit may carry; bounds how long the first of them waits.
const GROUP_MAX: usize = 256;
/// How long a turn waits for as many jobs as the last one had.
const GATHER_MAX: Duration = Duration::from_micros(300);

/// Why a commit failed, in a form that every job of the group can be told.
#[derive(Debug, Clone)]
pub(crate) enum CommitFailure {
    DiskFull,
    Unreachable(String),
    SchemaTooNew { found: i64, known: i64 },
    Other(String),
}

impl From<StoreError> for CommitFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Unreachable(why) => Self::Unreachable(why),
            StoreError::SchemaTooNew { found, known } => Self::SchemaTooNew { found, known },
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<CommitFailure> for StoreError {
    fn from(failure: CommitFailure) -> Self {
        match failure {
            CommitFailure::DiskFull => Self::DiskFull,
            CommitFailure::Unreachable(why) => Self::Unreachable(why),
            CommitFailure::SchemaTooNew { found, known } => Self::SchemaTooNew { found, known },
            CommitFailure::Other(text) => Self::Database(text),
        }
    }
}

/// What somebody wants written.
pub(crate) trait Job: Send {
    /// What it may write to.
    fn turn(&self) -> &Turn;
    /// It was undone, and is to be run in a turn that has the instance.
    fn go_again(&mut self);
    fn goes_again(&self) -> bool;
    /// Whether it may be run once more after what it wrote was undone.
    fn repeatable(&self) -> bool;
    /// What it is sure to read.
    fn asks(&self) -> Vec<Ask>;
    /// Writes; whether to keep it. What a run before it came to is forgotten.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// What finishing it reads.
    fn asks_to_finish(&self) -> Vec<Ask>;
    /// After others have run: reads what its caller is told; whether to keep what it wrote.
    fn finish(&mut self, tx: &Tx<'_>) -> bool;
    /// What it came to cannot be kept, for this reason.
    fn spoil(&mut self, error: StoreError);
    /// Tells the caller once the outcome is known: `Ok` after a durable commit or a wanted rollback.
    fn reply(self: Box<Self>, outcome: std::result::Result<(), CommitFailure>);
}

type Jobs = Vec<Box<dyn Job>>;

pub(crate) struct Writer {
    /// Dropped to end the thread.
    jobs: Option<End>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(database: Database, conn: Conn, memory: Arc<Memory>) -> Result<Self> {
        let (jobs, line) = line();
        let thread = std::thread::Builder::new()
            .name("sheaf-writer".into())
            .spawn(move || Desk { database, conn: Some(conn), memory, last: 0 }.run(line))
            .map_err(|error| StoreError::Database(format!("cannot start the writer: {error}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Puts a job in line; blocks while too many are waiting.
    pub(crate) fn put(&self, job: Box<dyn Job>) -> Result<()> {
        self.jobs.as_ref().ok_or(StoreError::Closed)?.put(job)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.jobs.as_ref().map_or(0, End::waiting)
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
    /// How many jobs the last group had.
    last: usize,
}

impl Desk {
    fn run(mut self, mut line: Line) {
        while let Some(first) = line.first() {
            let mut done = vec![first];
            let outcome = self.group(&mut line, &mut done).map_err(|error| {
                // What was remembered of rows that are not there now.
                self.memory.queue.forget();
                tracing::error!(%error, "a commit failed");
                self.memory.meters.failed();
                self.give_up();
                CommitFailure::from(error)
            });
            for job in done {
                if outcome.is_ok() && job.goes_again() {
                    line.put_back(job);
                } else {
                    job.reply(outcome.clone());
                }
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

    fn group(&mut self, line: &mut Line, done: &mut Jobs) -> Result<()> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            lost => lost.insert(self.memory.connect(&self.database, Purpose::Write)?),
        };
        let known = self.memory.indexes.known();
        // A single process has all turns at once.
        let first = done.first().map(|job| job.turn().clone()).filter(|_| conn.is_shared());
        let turn = first.unwrap_or_else(Turn::all);
        line.take(&turn, done, GROUP_MAX);
        if conn.sends_together() {
            // Those who were answered last are about to ask for more: one turn for all of them is cheaper than two.
            line.take_until(&turn, done, self.last, Instant::now() + GATHER_MAX);
        }
        // Where a question is a trip, all that is sure to be asked goes with the wait for the turn.
        let asks = if conn.sends_together() { asks(done, &turn, &self.memory) } else { Vec::new() };
        let questions = Questions::new(asks);
        let asked = Instant::now();
        let (began, answers) = conn.begin_write(&turn, &questions.asked())?;
        let come = Instant::now();
        self.memory.meters.turn(come - asked);
        if let Some(seen) = &began {
            self.memory.catch_up(seen);
        }
        let tx = Tx::new(conn, known, &self.memory, Purpose::Write);
        tx.ahead.put(questions, answers);
        let mut ran = 0;
        while ran < done.len() {
            if ran > 0 {
                tx.ask_ahead(done[ran..].iter().flat_map(|job| job.asks()))?;
            }
            for jobs in done[ran..].chunk_by_mut(|one, other| one.repeatable() && other.repeatable()) {
                run_in_savepoint(conn, &tx, jobs)?;
            }
            ran = done.len();
            // Also what came while the others ran.
            line.take(&turn, done, GROUP_MAX);
        }
        tx.turn.replace(turn.clone());
        tx.alone.set(false);
        tx.settle_progress()?;
        tx.settle_hours()?;
        let committing = Instant::now();
        tx.send_gathered()?;
        conn.commit(&turn, &tx.changed)?;
        let durable = Instant::now();
        self.memory.meters.done(done.len(), durable - come, durable - committing, &tx.tally.settle());
        self.last = done.len();
        self.memory.worked_on(tx.book.batches());
        self.memory.indexes.publish(tx.pending.take());
        self.memory.committed(&turn, began.as_ref(), &tx.changed);
        Ok(())
    }
}

/// What these jobs are sure to read, and how far the batches are that were worked on lately.
fn asks(jobs: &Jobs, turn: &Turn, memory: &Memory) -> Vec<Ask> {
    let lately = memory.lately().into_iter().filter(|(project, _)| turn.has(*project));
    let progress = lately.map(|(project, batch)| Ask::Progress(project, batch));
    jobs.iter().flat_map(|job| job.asks()).chain(progress).collect()
}

/// Runs jobs in one savepoint; when one of several is to be undone, all of them again, each in a savepoint of its own.
fn run_in_savepoint(conn: &Conn, tx: &Tx<'_>, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    conn.savepoint()?;
    tx.book.begin();
    tx.hours.begin();
    tx.tally.begin();
    tx.alone.set(jobs.len() == 1);
    let mut kept = jobs.iter_mut().all(|job| {
        tx.turn.replace(job.turn().clone());
        tx.wrote.set(false);
        tx.needs_instance.set(false);
        let keep = attempt(|| job.run(tx));
        // A job that gave up and has written nothing is no trouble.
        (keep || !tx.wrote.get()) && !conn.has_failed()
    });
    let mut spoilt = None;
    if kept {
        // What nobody waited for may have gone wrong.
        spoilt = tx.ask_ahead(jobs.iter().flat_map(|job| job.asks_to_finish())).err();
        kept = spoilt.is_none()
            && jobs.iter_mut().all(|job| {
                tx.turn.replace(job.turn().clone());
                attempt(|| job.finish(tx)) && !conn.has_failed()
            });
        if kept {
            // Finishing reads; should it have written, too, that is heard of as well.
            spoilt = tx.send_gathered().and_then(|()| conn.hear()).and_then(|()| conn.release()).err();
        }
    }
    if kept && spoilt.is_none() {
        return Ok(());
    }
    tx.gathered.clear();
    conn.undo()?;
    conn.release()?;
    // What was undone may have left an index behind that no longer fits the rows.
    tx.pending.borrow_mut().clear();
    tx.book.undo();
    tx.hours.undo();
    tx.tally.undo();
    tx.queue.forget();
    tx.ahead.clear();
    match jobs {
        [job] => {
            if job.repeatable() && tx.needs_instance.take() {
                job.go_again();
            } else if let Some(error) = spoilt {
                job.spoil(error);
            }
            Ok(())
        }
        jobs => jobs.iter_mut().try_for_each(|job| run_in_savepoint(conn, tx, std::slice::from_mut(job))),
    }
}

/// Runs a step of a job; whether it wants what was written kept. One that panicked has no answer for its caller, who sees the
/// closed channel.
fn attempt(step: impl FnOnce() -> bool) -> bool {
    catch_unwind(AssertUnwindSafe(step)).unwrap_or(false)
}
