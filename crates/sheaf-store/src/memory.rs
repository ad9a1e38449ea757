//! What this process remembers of the database between transactions, and who is told of its changes.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};
use sheaf_model::{BatchId, ProjectId};

use crate::common_clock::CommonClock;
use crate::driver::{Conn, Database, Purpose};
use crate::error::Result;
use crate::library::index::SharedIndexes;
use crate::meters::Meters;
use crate::queue::Shared;
use crate::topics::{Numbers, Seen, Topic, Topics};
use crate::turn::Turn;

/// Batches that are remembered as worked on.
const LATELY_MAX: usize = 16;

pub(crate) struct Memory {
    /// Tells this process from the other nodes, and from those before it.
    pub(crate) node: i64,
    /// Of the database, where nodes share it.
    pub(crate) clock: Arc<CommonClock>,
    pub(crate) indexes: SharedIndexes,
    pub(crate) queue: Shared,
    /// The numbers of projects, and of the instance, that it is up to.
    seen: Mutex<HashMap<i64, Numbers>>,
    /// Batches whose progress the last groups of writes moved.
    lately: Mutex<Vec<(ProjectId, BatchId)>>,
    /// The jobs that threads of this process are at, by project.
    at_work: Mutex<HashSet<(i64, i64)>>,
    /// One of them was left.
    left: Condvar,
    pub(crate) meters: Meters,
}

/// A number that no other process has, as far as chance goes.
pub(crate) fn new_node() -> i64 {
    (RandomState::new().build_hasher().finish() >> 1).cast_signed()
}

impl Memory {
    /// Opens a connection, which is counted. Whoever gives it up says so ([`Meters::lost`]).
    pub(crate) fn connect(&self, database: &Database, purpose: Purpose) -> Result<Conn> {
        let conn = database.connect(purpose)?;
        self.meters.opened();
        Ok(conn)
    }

    pub(crate) fn new() -> Self {
        Self {
            node: new_node(),
            clock: Arc::default(),
            indexes: SharedIndexes::default(),
            queue: Shared::default(),
            seen: Mutex::default(),
            lately: Mutex::default(),
            at_work: Mutex::default(),
            left: Condvar::new(),
            meters: Meters::default(),
        }
    }

    /// Takes note of what other nodes have changed since it last looked.
    pub(crate) fn catch_up(&self, found: &Seen) {
        let mut all = self.seen.lock();
        for (id, numbers) in found {
            let seen = all.entry(*id).or_default();
            for topic in Topic::ALL {
                // A look that began before another one may end after it.
                if numbers[topic as usize] > seen[topic as usize] {
                    self.changed_elsewhere(topic);
                    seen[topic as usize] = numbers[topic as usize];
                }
            }
        }
    }

    fn changed_elsewhere(&self, topic: Topic) {
        match topic {
            Topic::Roster => self.queue.roster_changed(),
            Topic::Openings => self.queue.forget(),
            other => self.tell(other),
        }
    }

    /// A turn of this process was committed, which began at these numbers. (What the queue remembers was changed with each
    /// job.)
    pub(crate) fn committed(&self, turn: &Turn, began: Option<&Seen>, changed: &Topics) {
        let moved = |id: &i64| turn.moved().contains(id);
        let mut all = self.seen.lock();
        for (id, began) in began.into_iter().flatten().filter(|(id, _)| moved(id)) {
            let seen = all.entry(*id).or_default();
            for at in changed.iter().map(|topic| topic as usize) {
                seen[at] = seen[at].max(began[at] + 1);
            }
        }
        drop(all);
        changed.iter().for_each(|topic| self.tell(topic));
    }

    pub(crate) fn lately(&self) -> Vec<(ProjectId, BatchId)> {
        self.lately.lock().clone()
    }

    /// A group of writes moved these batches.
    pub(crate) fn worked_on(&self, mut batches: Vec<(ProjectId, BatchId)>) {
        if !batches.is_empty() {
            batches.truncate(LATELY_MAX);
            *self.lately.lock() = batches;
        }
    }

    pub(crate) fn at_work(&self) -> Vec<(i64, i64)> {
        self.at_work.lock().iter().copied().collect()
    }

    /// Waits until no thread is at a job; whether that came before the deadline.
    pub(crate) fn wait_for_jobs(&self, deadline: Instant) -> bool {
        let mut at_work = self.at_work.lock();
        while !at_work.is_empty() {
            if self.left.wait_until(&mut at_work, deadline).timed_out() {
                return at_work.is_empty();
            }
        }
        true
    }

    fn tell(&self, topic: Topic) {
        match topic {
            Topic::Credentials => self.indexes.credentials_changed(),
            Topic::Library => self.indexes.changed(),
            Topic::Outbox => self.indexes.outbox_changed(),
            Topic::Queue => self.indexes.queue_changed(),
            // Again: it may have been read anew before the commit.
            Topic::Roster => self.queue.roster_changed(),
            Topic::Openings => {}
        }
    }
}

/// Held by the thread that is at a job: this process says that it lives for as long as it is there, and no longer.
pub struct AtJob {
    memory: Arc<Memory>,
    job: (i64, i64),
}

impl AtJob {
    pub(crate) fn new(memory: Arc<Memory>, job: (i64, i64)) -> Self {
        memory.at_work.lock().insert(job);
        Self { memory, job }
    }
}

impl Drop for AtJob {
    fn drop(&mut self) {
        self.memory.at_work.lock().remove(&self.job);
        self.memory.left.notify_all();
    }
}
