//! What this process remembers of the database between transactions, and who is told of its changes.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::library::index::SharedIndexes;
use crate::queue::Shared;
use crate::topics::{Numbers, Topic, Topics};

pub(crate) struct Memory {
    /// Tells this process from the other nodes, and from those before it.
    pub(crate) node: i64,
    pub(crate) indexes: Arc<SharedIndexes>,
    pub(crate) queue: Shared,
    /// The numbers of the cluster that it is up to. None before the first look.
    seen: Mutex<Option<Numbers>>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self {
            node: (random >> 1).cast_signed(),
            indexes: Arc::default(),
            queue: Shared::default(),
            seen: Mutex::default(),
        }
    }

    /// Takes note of what other nodes have changed since it last looked.
    pub(crate) fn catch_up(&self, numbers: Numbers) {
        let mut seen = self.seen.lock();
        let before = seen.unwrap_or_default();
        for topic in Topic::ALL {
            // A look that began before another one may end after it.
            if numbers[topic as usize] > before[topic as usize] {
                self.changed_elsewhere(topic);
            }
        }
        *seen = Some(std::array::from_fn(|at| before[at].max(numbers[at])));
    }

    fn changed_elsewhere(&self, topic: Topic) {
        match topic {
            Topic::Roster => self.queue.roster_changed(),
            Topic::Openings => self.queue.forget(),
            other => self.tell(other),
        }
    }

    /// A transaction of this process was committed, which began at these numbers. (What the queue remembers was changed with
    /// each job.)
    pub(crate) fn committed(&self, began: Option<Numbers>, changed: &Topics) {
        if let Some(mut numbers) = began {
            changed.iter().for_each(|topic| numbers[topic as usize] += 1);
            let mut seen = self.seen.lock();
            let before = seen.unwrap_or_default();
            *seen = Some(std::array::from_fn(|at| before[at].max(numbers[at])));
        }
        changed.iter().for_each(|topic| self.tell(topic));
    }

    fn tell(&self, topic: Topic) {
        match topic {
            Topic::Credentials => self.indexes.credentials_changed(),
            Topic::Library => self.indexes.changed(),
            Topic::Outbox => self.indexes.outbox_changed(),
            Topic::Queue => self.indexes.queue_changed(),
            Topic::Roster | Topic::Openings => {}
        }
    }
}
