//! The updates that threads of this process work on.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use sheaf_model::MetadataUpdateId;

use crate::{Error, Result};

/// Updates that may run at once: each has a thread, and they share one writer.
const RUNNING_MAX: usize = 8;

type Flags = Arc<Mutex<HashMap<MetadataUpdateId, Arc<AtomicBool>>>>;

#[derive(Default)]
pub struct Desk {
    running: Flags,
}

impl Desk {
    pub(super) fn begin(&self, id: MetadataUpdateId) -> Result<Running> {
        let mut running = self.running.lock();
        if running.len() >= RUNNING_MAX {
            let message = format!("{RUNNING_MAX} updates are running already");
            return Err(Error::conflict("too_many_updates", message)
                .hint("wait until one of them is done, or cancel one"));
        }
        let stop = Arc::new(AtomicBool::new(false));
        running.insert(id, stop.clone());
        Ok(Running { id, stop, all: self.running.clone() })
    }

    /// Asks an update to stop after the slice that it is at.
    pub(super) fn stop(&self, id: MetadataUpdateId) {
        if let Some(stop) = self.running.lock().get(&id) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Asks every update to stop; they are then interrupted.
    pub fn stop_all(&self) {
        self.running.lock().values().for_each(|stop| stop.store(true, Ordering::Relaxed));
    }
}

/// Held by whoever works on an update.
pub(super) struct Running {
    pub(super) id: MetadataUpdateId,
    stop: Arc<AtomicBool>,
    all: Flags,
}

impl Running {
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}
