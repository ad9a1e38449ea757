//! The first assets of a set in the order of a field, as a set: what lies before the boundary is never sorted.
//!
//! The keys are those of a page. A walk counts them in some thousand buckets; the bucket that the boundary falls in is cut
//! finer until it is few rows, one text that goes on, or ties. Then one more walk takes all rows with a key before it.

use roaring::RoaringBitmap;

use super::keys::Cut;
use super::places::Sort;
use super::{FEW, Order};
use crate::chunk_set::{Bits, RowSet, join};
use crate::{FieldKey, Library, SelectError};

impl Library<'_> {
    /// The `n` assets of the set with the least values of the field (or, descending, the greatest), as
    /// [`super::SortBy::Field`] sorts: ties in ordinal order. Assets without the field are not among them.
    pub fn top(
        &self,
        within: &RoaringBitmap,
        field: &FieldKey,
        descending: bool,
        n: u64,
    ) -> Result<RoaringBitmap, SelectError> {
        let order = Order::new(self, field, within, descending)?;
        if n >= order.present {
            self.having(field, within)
        } else {
            Sort { library: self, order: &order }.top(n)
        }
    }
}

impl Sort<'_> {
    /// The first `n`, which are not all.
    fn top(&self, n: u64) -> Result<RoaringBitmap, SelectError> {
        let mut taken = RoaringBitmap::new();
        let mut left = n;
        let mut cut = self.order.whole(self.library);
        // The least key of this beginning: everything from it to the boundary is taken.
        let mut start = cut.low;
        let mut page = Vec::new();
        while left > 0 {
            let counts = self.counts(&cut)?;
            let mut bucket = 0;
            let mut n_here = 0;
            for (i, n) in counts.totals().enumerate() {
                (bucket, n_here) = (i, n);
                if n > left {
                    break;
                }
                left -= n;
            }
            // The boundary lies within this bucket, or (nothing left) just before it.
            let inner = counts.narrowed(&cut, bucket, bucket);
            if left > 0 && n_here > FEW && counts.shift > 0 {
                cut = inner;
                continue;
            }
            if inner.low > start {
                taken |= self.rows(&cut, start, inner.low - 1)?;
            }
            if left == 0 {
                break;
            }
            if n_here > FEW
                && let Some(deeper) = self.deeper(&inner)
            {
                (start, cut) = (deeper.low, deeper);
                continue;
            }
            if n_here > FEW && self.is_exact(&inner) {
                self.in_ordinal_order(&inner, counts.per_chunk(bucket), (0, left), &mut page)?;
            } else {
                self.collect(&inner, (0, left), &mut page)?;
            }
            left = 0;
        }
        taken.extend(page);
        Ok(taken)
    }

    /// All rows of the set with a key in `low..=high`, of texts with the cut's beginning.
    fn rows(&self, cut: &Cut, low: u128, high: u128) -> Result<RoaringBitmap, SelectError> {
        let (fields, keys) = (std::slice::from_ref(&self.order.field), &self.order.keys);
        let chunks = self.library.known(&keys.sets);
        let all = Cut { chunks, beginning: cut.beginning.clone(), low, high };
        let rows = self.library.walk(fields, &all.chunks, |chunk, columns| {
            let mut bits = Bits::default();
            for column in &columns[0] {
                keys.for_each(column, &keys.sets[&chunk], &all, |row, _, _| bits.set(row));
            }
            (chunk, RowSet::of(bits))
        })?;
        Ok(join(rows))
    }
}
