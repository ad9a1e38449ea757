//! The untouched tasks of a batch: its late members from the late cursor on, then its members from the cursor on. Kept
//! decoded in memory, so that a claim looks for the next one in a bitmap, whatever the batch's size and history.

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

/// Decoded members by (project, batch), each for one stamp of the batch.
#[derive(Default)]
pub struct Feeds(Mutex<HashMap<(i64, i64), Feed>>);

struct Feed {
    stamp: i64,
    members: Arc<Members>,
}

struct Members {
    all: RoaringBitmap,
    /// Appended below the cursor.
    late: RoaringBitmap,
}

impl Feeds {
    fn members(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Arc<Members>> {
        let key = (batch.project.0, batch.id.0);
        if let Some(feed) = self.0.lock().get(&key)
            && feed.stamp == batch.stamp
        {
            return Ok(feed.members.clone());
        }
        let all = tx.batch_members(batch.project, batch.id)?;
        let late = tx.late_members(batch.project, batch.id)?;
        let members = Arc::new(Members { all, late });
        let mut feeds = self.0.lock();
        if feeds.len() >= BATCHES_MAX {
            feeds.clear();
        }
        feeds.insert(key, Feed { stamp: batch.stamp, members: members.clone() });
        Ok(members)
    }

    /// How many members of a batch nobody has touched.
    pub fn left(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<i64> {
        let progress = tx.progress(batch.project, batch.id)?;
        let members = self.members(tx, batch)?;
        // Late members lie below the cursor, the others from it on.
        let from = |of: &RoaringBitmap, from: i64| match u32::try_from(from) {
            Ok(0) => of.len(),
            Ok(from) => of.len() - of.rank(from - 1),
            Err(_) => 0,
        };
        let n = from(&members.late, progress.late_cursor) + from(&members.all, progress.cursor);
        Ok(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// The next untouched member of a batch.
    pub fn next(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Option<Ordinal>> {
        let progress = tx.progress(batch.project, batch.id)?;
        let members = self.members(tx, batch)?;
        let first =
            |of: &RoaringBitmap, from: i64| u32::try_from(from).ok().and_then(|from| of.range(from..).next());
        Ok(first(&members.late, progress.late_cursor).or_else(|| first(&members.all, progress.cursor)))
    }
}
