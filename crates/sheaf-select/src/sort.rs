//! One page of a set of assets in the order of a field, without sorting the whole set.
//!
//! Every row gets a key of integers in the wanted order. A walk counts keys in some thousand buckets; only the buckets
//! that the page touches are looked at again: collected and sorted when they are small, cut finer when they are not.
//! Dictionary fields get the rank of the value as the key, so a page inside one frequent value needs no sorting at all.
//! Long texts are cut by eight bytes at a time.

mod counts;
mod keys;
mod order;
mod places;
mod top;

use roaring::RoaringBitmap;

use self::places::Sort;
use crate::{FieldKey, Library, SelectError};

pub use self::order::Order;

/// What to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortBy {
    Ordinal,
    /// By the order of [`crate::Value::order`]; of several values the least when ascending, the greatest when
    /// descending. Assets without the field come last either way; ties are in ordinal order either way.
    Field(FieldKey),
}

/// Buckets of one walk, as a power of two.
const BUCKET_BITS: u32 = 12;
/// Rows that are simply sorted.
const FEW: u64 = 32_768;
impl Library<'_> {
    /// Ordinals at places `offset..offset + limit` of the set in this order.
    pub fn page(
        &self,
        within: &RoaringBitmap,
        by: &SortBy,
        descending: bool,
        offset: u64,
        limit: usize,
    ) -> Result<Vec<u32>, SelectError> {
        match by {
            SortBy::Ordinal => match end(within, offset, limit) {
                Some(until) => Ok(by_ordinal(within, descending, offset, until)),
                None => Ok(Vec::new()),
            },
            SortBy::Field(field) => {
                self.page_in(&self.order(within, field, descending)?, within, offset, limit)
            }
        }
    }

    /// What the pages of an order have in common; it may be kept while the library's revision stands.
    pub fn order(
        &self,
        within: &RoaringBitmap,
        field: &FieldKey,
        descending: bool,
    ) -> Result<Order, SelectError> {
        Order::new(self, field, within, descending)
    }

    /// [`Library::page`] in an order of this very library and set.
    pub fn page_in(
        &self,
        order: &Order,
        within: &RoaringBitmap,
        offset: u64,
        limit: usize,
    ) -> Result<Vec<u32>, SelectError> {
        match end(within, offset, limit) {
            Some(until) => Sort { library: self, order }.page(within, offset, until),
            None => Ok(Vec::new()),
        }
    }
}

/// Where a page ends; none when it is empty.
fn end(within: &RoaringBitmap, offset: u64, limit: usize) -> Option<u64> {
    let until = offset.saturating_add(limit as u64).min(within.len());
    (offset < until).then_some(until)
}

fn by_ordinal(within: &RoaringBitmap, descending: bool, offset: u64, until: u64) -> Vec<u32> {
    let n = (until - offset) as usize;
    let place = if descending { within.len() - 1 - offset } else { offset };
    let Some(start) = u32::try_from(place).ok().and_then(|place| within.select(place)) else {
        return Vec::new();
    };
    if descending {
        within.range(..=start).rev().take(n).collect()
    } else {
        within.range(start..).take(n).collect()
    }
}
