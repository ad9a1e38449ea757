//! What the holder of a lease was shown: enough to check their answer without asking the database. Only a memory of what
//! was granted a moment ago; an answer under a lease that is not in it is checked against the rows.

use std::collections::HashMap;

use parking_lot::Mutex;
use sheaf_model::UserId;
use sheaf_model::slot::Fence;

/// Leases that are remembered.
const LEASES_MAX: usize = 100_000;

#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) person: UserId,
    pub(crate) taxonomy_version: i64,
    pub(crate) is_text: bool,
    /// Width and height of an image, pixels.
    pub(crate) size: Option<(u32, u32)>,
    /// The source whose pre-labels the batch shows.
    pub(crate) prelabels: Option<String>,
}

#[derive(Default)]
pub(crate) struct Shown(Mutex<HashMap<Fence, Seen>>);

impl Shown {
    pub(crate) fn remember(&self, fence: Fence, seen: Seen) {
        let mut known = self.0.lock();
        if known.len() >= LEASES_MAX {
            known.clear();
        }
        known.insert(fence, seen);
    }

    pub(crate) fn get(&self, fence: &Fence, person: UserId) -> Option<Seen> {
        self.0.lock().get(fence).filter(|seen| seen.person == person).cloned()
    }

    pub(crate) fn forget(&self, fence: &Fence) {
        self.0.lock().remove(fence);
    }
}
