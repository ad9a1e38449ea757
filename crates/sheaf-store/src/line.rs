//! The jobs that wait for the writer, in the order in which they came. One turn is for the first of them and for all that need
//! no more than its turn; the others keep their places.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::error::{Result, StoreError};
use crate::turn::Turn;
use crate::writer::Job;

/// Jobs that may wait before callers are held back.
const WAITING_MAX: usize = 4096;

type Boxed = Box<dyn Job>;

/// Where jobs are put.
pub(crate) struct End {
    jobs: Sender<Boxed>,
    passed: Arc<AtomicUsize>,
}

/// Where the writer takes them.
pub(crate) struct Line {
    queue: Receiver<Boxed>,
    /// Came before what is in the queue, and needed another turn than the jobs beside them.
    passed: VecDeque<Boxed>,
    n_passed: Arc<AtomicUsize>,
}

pub(crate) fn line() -> (End, Line) {
    let ((jobs, queue), passed) = (bounded(WAITING_MAX), Arc::new(AtomicUsize::new(0)));
    (End { jobs, passed: passed.clone() }, Line { queue, passed: VecDeque::new(), n_passed: passed })
}

impl End {
    /// Puts a job in line; blocks while too many are waiting.
    pub(crate) fn put(&self, job: Boxed) -> Result<()> {
        self.jobs.send(job).map_err(|_| StoreError::Closed)
    }

    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len() + self.passed.load(Ordering::Relaxed)
    }
}

impl Line {
    /// Waits for the next job; none when nobody can put one any more.
    pub(crate) fn first(&mut self) -> Option<Boxed> {
        let passed = self.passed.pop_front();
        self.count();
        passed.or_else(|| self.queue.recv().ok())
    }

    /// Puts a job first, which is to be run in another turn.
    pub(crate) fn put_back(&mut self, job: Boxed) {
        self.passed.push_front(job);
    }

    /// Adds the jobs that wait now and that a turn covers, until there are `max`.
    pub(crate) fn take(&mut self, turn: &Turn, jobs: &mut Vec<Boxed>, max: usize) {
        let mut at = 0;
        while jobs.len() < max && at < self.passed.len() {
            if turn.covers(self.passed[at].turn()) {
                jobs.extend(self.passed.remove(at));
            } else {
                at += 1;
            }
        }
        while jobs.len() < max
            && self.passed.len() < WAITING_MAX
            && let Ok(job) = self.queue.try_recv()
        {
            self.sort(turn, jobs, job);
        }
        self.count();
    }

    /// [`Line::take`] that waits for as many.
    pub(crate) fn take_until(&mut self, turn: &Turn, jobs: &mut Vec<Boxed>, max: usize, until: Instant) {
        self.take(turn, jobs, max);
        while jobs.len() < max
            && self.passed.len() < WAITING_MAX
            && let Ok(job) = self.queue.recv_deadline(until)
        {
            self.sort(turn, jobs, job);
        }
        self.count();
    }

    fn sort(&mut self, turn: &Turn, jobs: &mut Vec<Boxed>, job: Boxed) {
        if turn.covers(job.turn()) {
            jobs.push(job);
        } else {
            self.passed.push_back(job);
        }
    }

    fn count(&self) {
        self.n_passed.store(self.passed.len(), Ordering::Relaxed);
    }
}
