//! What the process knows of standing batches beyond the database. Nothing here needs to survive the process.

use std::collections::HashMap;

use parking_lot::Mutex;
use sheaf_model::{Millis, StandingBatchId};
use tokio::sync::Notify;

#[derive(Default)]
pub struct Desk {
    wake: Notify,
    counted: Mutex<HashMap<StandingBatchId, i64>>,
    resting: Mutex<HashMap<StandingBatchId, Millis>>,
}

impl Desk {
    /// Until a person has made or changed a standing batch. One task waits.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// A standing batch is new or was changed: forget what was known of it, and look.
    pub(super) fn wake(&self, id: StandingBatchId) {
        self.counted.lock().remove(&id);
        self.resting.lock().remove(&id);
        self.wake.notify_one();
    }

    /// Whether the matches were counted at this revision of the library, and were too few.
    pub(super) fn is_counted(&self, id: StandingBatchId, revision: i64) -> bool {
        self.counted.lock().get(&id) == Some(&revision)
    }

    pub(super) fn counted(&self, id: StandingBatchId, revision: i64) {
        self.counted.lock().insert(id, revision);
    }

    /// Leaves one alone until a time, because the server (not its plan) has a fault.
    pub(super) fn rest(&self, id: StandingBatchId, until: Millis) {
        self.resting.lock().insert(id, until);
    }

    pub(super) fn rests(&self, id: StandingBatchId, now: Millis) -> bool {
        self.resting.lock().get(&id).is_some_and(|until| *until > now)
    }

    /// How many rest, and when the first of them is to be tried again. Forgets those whose time has come.
    pub(super) fn resting(&self, now: Millis) -> (usize, Option<Millis>) {
        let mut resting = self.resting.lock();
        resting.retain(|_, until| *until > now);
        (resting.len(), resting.values().min().copied())
    }
}
