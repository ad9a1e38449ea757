//! The untouched tasks of a batch: its members from the cursor on, kept decoded in memory.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use roaring::RoaringBitmap;
use sheaf_model::Ordinal;

use crate::batches::BatchRow;
use crate::error::Result;
use crate::sql::Tx;

/// Batches whose members are kept. A full batch of ten million is a few kilobytes, a scattered one a few megabytes.
const BATCHES_MAX: usize = 64;

/// Decoded members by (project, batch), each for one revision of the batch.
#[derive(Default)]
pub struct Feeds(Mutex<HashMap<(i64, i64), Feed>>);

struct Feed {
    revision: i64,
    members: Arc<RoaringBitmap>,
}

impl Feeds {
    /// The members of a batch at its present revision.
    pub fn members(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Arc<RoaringBitmap>> {
        let key = (batch.project.0, batch.id.0);
        if let Some(feed) = self.0.lock().get(&key)
            && feed.revision == batch.revision
        {
            return Ok(feed.members.clone());
        }
        let members = Arc::new(tx.batch_members(batch.project, batch.id)?);
        let mut feeds = self.0.lock();
        if feeds.len() >= BATCHES_MAX {
            feeds.clear();
        }
        feeds.insert(key, Feed { revision: batch.revision, members: members.clone() });
        Ok(members)
    }

    /// The first untouched member of a batch.
    pub fn next(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Option<Ordinal>> {
        let Ok(from) = u32::try_from(batch.cursor) else { return Ok(None) };
        Ok(self.members(tx, batch)?.range(from..).next())
    }
}
