//! The untouched tasks of a batch, next one first. Kept decoded in memory, so that a claim looks for the next one in a
//! bitmap or in one chunk of a stored order, whatever the batch's size and history.
//!
//! In upload order they are its late members from the late cursor on, then its members from the cursor on. In any other
//! order all of them are late members, and the late cursor is a place in that order.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use roaring::RoaringBitmap;
use sheaf_model::{Ordinal, TaskOrder};
use sheaf_select::sequence::{self, PLACES, Shuffle};

use crate::batch_progress::{Progress, Touched};
use crate::batches::BatchRow;
use crate::error::{Result, StoreError};
use crate::sql::Tx;

/// Batches whose members are kept. A full batch of ten million is a few kilobytes, a scattered one a few megabytes.
const BATCHES_MAX: usize = 64;

/// Decoded members by (project, batch), each for one stamp of the batch.
#[derive(Default)]
pub struct Feeds(Mutex<HashMap<(i64, i64), Arc<Feed>>>);

struct Feed {
    stamp: i64,
    /// None of them is looked at when the order is not the upload's.
    all: RoaringBitmap,
    late: RoaringBitmap,
    order: Order,
}

enum Order {
    Upload,
    Shuffled(Shuffle),
    /// With the chunk of it that was looked at last.
    Stored(Mutex<(u32, Arc<Vec<Ordinal>>)>),
}

impl Feeds {
    fn feed(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Arc<Feed>> {
        let key = (batch.project.0, batch.id.0);
        if let Some(feed) = self.0.lock().get(&key)
            && feed.stamp == batch.stamp
        {
            return Ok(feed.clone());
        }
        let late = tx.late_members(batch.project, batch.id)?;
        let order = match &batch.order {
            // Before the launch there is no other order.
            _ if batch.launched.is_none() => Order::Upload,
            TaskOrder::Upload => Order::Upload,
            TaskOrder::Shuffled { seed } => {
                Order::Shuffled(Shuffle::new(late.len(), seed.unwrap_or_default()))
            }
            TaskOrder::Field { .. } => Order::Stored(Mutex::new((u32::MAX, Arc::default()))),
        };
        let all = match order {
            Order::Upload => tx.batch_members(batch.project, batch.id)?,
            _ => RoaringBitmap::new(),
        };
        let feed = Arc::new(Feed { stamp: batch.stamp, all, late, order });
        let mut feeds = self.0.lock();
        if feeds.len() >= BATCHES_MAX {
            feeds.clear();
        }
        feeds.insert(key, feed.clone());
        Ok(feed)
    }

    /// How many members of a batch nobody has touched; a few less in an order by a field that was worked out while some were
    /// touched.
    pub fn left(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<i64> {
        let Progress { cursor, late_cursor, .. } = tx.progress(batch.project, batch.id)?;
        let feed = self.feed(tx, batch)?;
        let n = match &feed.order {
            // Late members lie below the cursor, the others from it on.
            Order::Upload => {
                feed.late.range_cardinality(below(late_cursor)..)
                    + feed.all.range_cardinality(below(cursor)..)
            }
            Order::Shuffled(_) | Order::Stored(_) => {
                feed.late.len().saturating_sub(u64::try_from(late_cursor).unwrap_or_default())
            }
        };
        Ok(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// The next untouched member of a batch, and how the cursors move when it is taken.
    pub fn next(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Option<(Ordinal, Touched)>> {
        let progress = tx.progress(batch.project, batch.id)?;
        let feed = self.feed(tx, batch)?;
        let from = u64::try_from(progress.late_cursor).unwrap_or_default();
        match &feed.order {
            Order::Upload => {
                let next =
                    first(&feed.late, progress.late_cursor).or_else(|| first(&feed.all, progress.cursor));
                Ok(next.map(|ordinal| (ordinal, Touched::Ordinal(ordinal))))
            }
            Order::Shuffled(shuffle) => {
                let rank = shuffle.rank(from).and_then(|rank| u32::try_from(rank).ok());
                let next = rank.and_then(|rank| feed.late.select(rank));
                Ok(next.map(|ordinal| (ordinal, Touched::Place(from))))
            }
            Order::Stored(_) => {
                let mut place = from;
                loop {
                    let chunk = feed.chunk(tx, batch, place)?;
                    let rest = chunk.get((place % u64::from(PLACES)) as usize..).unwrap_or_default();
                    // What was touched while the order was worked out is not in it any more.
                    if let Some(at) = rest.iter().position(|ordinal| feed.late.contains(*ordinal)) {
                        return Ok(Some((rest[at], Touched::Place(place + at as u64))));
                    }
                    if rest.is_empty() || chunk.len() < PLACES as usize {
                        return Ok(None);
                    }
                    place += rest.len() as u64;
                }
            }
        }
    }

    /// Every untouched member of a batch.
    pub fn untouched(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<RoaringBitmap> {
        let Progress { cursor, late_cursor, .. } = tx.progress(batch.project, batch.id)?;
        let feed = self.feed(tx, batch)?;
        let place = u64::try_from(late_cursor).unwrap_or_default();
        Ok(match &feed.order {
            Order::Upload => {
                let (mut all, mut late) = (feed.all.clone(), feed.late.clone());
                all.remove_range(..below(cursor));
                late.remove_range(..below(late_cursor));
                all | late
            }
            Order::Shuffled(shuffle) => &feed.late - shuffle.between(&feed.late, 0, place),
            Order::Stored(_) => &feed.late - feed.places(tx, batch, 0, place)?.collect::<RoaringBitmap>(),
        })
    }

    /// The members at the places from one that was reached to the one that is, in an order that is not the upload's.
    pub fn touched_since(&self, tx: &Tx<'_>, batch: &BatchRow, place: i64) -> Result<RoaringBitmap> {
        let until = u64::try_from(tx.progress(batch.project, batch.id)?.late_cursor).unwrap_or_default();
        let from = u64::try_from(place).unwrap_or_default();
        let feed = self.feed(tx, batch)?;
        Ok(match &feed.order {
            Order::Upload => RoaringBitmap::new(),
            Order::Shuffled(shuffle) => shuffle.between(&feed.late, from, until),
            Order::Stored(_) => feed.places(tx, batch, from, until)?.collect(),
        })
    }

    /// The untouched members of a batch in its stored order.
    pub fn stored_order(&self, tx: &Tx<'_>, batch: &BatchRow) -> Result<Vec<Ordinal>> {
        let from = tx.progress(batch.project, batch.id)?.late_cursor;
        let feed = self.feed(tx, batch)?;
        let places = feed.places(tx, batch, u64::try_from(from).unwrap_or_default(), u64::MAX)?;
        Ok(places.filter(|ordinal| feed.late.contains(*ordinal)).collect())
    }

    /// How many untouched members are handed out before this one; none when it is not one of them.
    pub fn ahead(&self, tx: &Tx<'_>, batch: &BatchRow, ordinal: Ordinal) -> Result<Option<u64>> {
        let Progress { cursor, late_cursor, .. } = tx.progress(batch.project, batch.id)?;
        let feed = self.feed(tx, batch)?;
        let from = u64::try_from(late_cursor).unwrap_or_default();
        let between =
            |set: &RoaringBitmap, from: i64| set.range_cardinality(below(from)..below(from).max(ordinal));
        Ok(match &feed.order {
            Order::Upload if feed.late.contains(ordinal) && i64::from(ordinal) >= late_cursor => {
                Some(between(&feed.late, late_cursor))
            }
            Order::Upload if feed.all.contains(ordinal) && i64::from(ordinal) >= cursor => {
                let late = feed.late.range_cardinality(below(late_cursor)..);
                Some(late + between(&feed.all, cursor))
            }
            Order::Upload => None,
            Order::Shuffled(shuffle) => {
                let rank = feed.late.contains(ordinal).then(|| feed.late.rank(ordinal) - 1);
                rank.and_then(|rank| shuffle.place(rank)?.checked_sub(from))
            }
            Order::Stored(_) => {
                let waiting = feed.places(tx, batch, from, u64::MAX)?.filter(|it| feed.late.contains(*it));
                let at = waiting.enumerate().find(|(_, it)| *it == ordinal);
                at.map(|(at, _)| at as u64)
            }
        })
    }
}

impl Feed {
    /// The chunk of a stored order that a place is in; empty beyond its end.
    fn chunk(&self, tx: &Tx<'_>, batch: &BatchRow, place: u64) -> Result<Arc<Vec<Ordinal>>> {
        let Order::Stored(known) = &self.order else { return Ok(Arc::default()) };
        let Ok(number) = u32::try_from(place / u64::from(PLACES)) else { return Ok(Arc::default()) };
        let mut known = known.lock();
        if known.0 != number {
            let data = tx.batch_sequence(batch, number)?.unwrap_or_else(|| sequence::encode(&[]));
            let decoded = sequence::decode(number, &data);
            let decoded = decoded
                .map_err(|error| StoreError::inconsistent("batch_sequence", batch.id, error.to_string()))?;
            *known = (number, Arc::new(decoded));
        }
        Ok(known.1.clone())
    }

    /// What stands at the places `from..until` of a stored order.
    fn places(
        &self,
        tx: &Tx<'_>,
        batch: &BatchRow,
        from: u64,
        until: u64,
    ) -> Result<impl Iterator<Item = Ordinal>> {
        let mut out = Vec::new();
        let mut place = from;
        while place < until {
            let chunk = self.chunk(tx, batch, place)?;
            let rest = chunk.get((place % u64::from(PLACES)) as usize..).unwrap_or_default();
            let n = (until - place).min(rest.len() as u64);
            out.extend_from_slice(&rest[..n as usize]);
            if n == 0 {
                break;
            }
            place += n;
        }
        Ok(out.into_iter())
    }
}

fn below(cursor: i64) -> u32 {
    u32::try_from(cursor).unwrap_or(u32::MAX)
}

fn first(of: &RoaringBitmap, from: i64) -> Option<Ordinal> {
    u32::try_from(from).ok().and_then(|from| of.range(from..).next())
}
