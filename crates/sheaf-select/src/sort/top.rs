//! The first assets of a set in the order of a field, as a set: what lies before the boundary is never sorted.
//!
//! The keys are those of a page. A walk counts them in some thousand buckets; the bucket that the boundary falls in is cut
//! finer until it is few rows, one text that goes on, or ties. Then one more walk takes all rows with a key before it.

use roaring::RoaringBitmap;

use super::{BUCKET_BITS, Cut, FEW, Sort};
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
        let sort = Sort::new(self, field, within, descending)?;
        if n >= sort.present { self.having(field, within) } else { sort.top(n) }
    }
}

impl Sort<'_> {
    /// The first `n`, which are not all.
    fn top(&self, n: u64) -> Result<RoaringBitmap, SelectError> {
        let mut taken = RoaringBitmap::new();
        let mut left = n;
        let mut cut = Cut {
            chunks: self.library.known(&self.keys.sets),
            beginning: self.common.clone(),
            low: self.bounds.0,
            high: self.bounds.1,
        };
        // The least key of this beginning: everything from it to the boundary is taken.
        let mut start = cut.low;
        let mut page = Vec::new();
        while left > 0 {
            let width = u128::BITS - (cut.high - cut.low).leading_zeros();
            let shift = width.saturating_sub(BUCKET_BITS);
            let counts = self.bucket_counts(&cut, shift)?;
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
            let inner = counts.narrowed(&cut, shift, bucket);
            if left > 0 && n_here > FEW && shift > 0 {
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

    fn bucket_counts(&self, cut: &Cut, shift: u32) -> Result<Counts, SelectError> {
        let n_buckets = ((cut.high - cut.low) >> shift) as usize + 1;
        let (fields, keys) = (std::slice::from_ref(self.field), &self.keys);
        let counts = self.library.walk(fields, &cut.chunks, |chunk, columns| {
            let mut counts = vec![0u32; n_buckets];
            for column in &columns[0] {
                keys.count(column, &keys.sets[&chunk], cut, shift, &mut counts);
            }
            (chunk, counts)
        })?;
        Ok(Counts(counts, n_buckets))
    }

    /// All rows of the set with a key in `low..=high`, of texts with the cut's beginning.
    fn rows(&self, cut: &Cut, low: u128, high: u128) -> Result<RoaringBitmap, SelectError> {
        let (fields, keys) = (std::slice::from_ref(self.field), &self.keys);
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

/// Rows by chunk and bucket.
struct Counts(Vec<(u32, Vec<u32>)>, usize);

impl Counts {
    fn totals(&self) -> impl Iterator<Item = u64> {
        (0..self.1).map(|bucket| self.0.iter().map(|(_, counts)| u64::from(counts[bucket])).sum())
    }

    fn per_chunk(&self, bucket: usize) -> impl Iterator<Item = (u32, u64)> {
        self.0.iter().map(move |(chunk, counts)| (*chunk, u64::from(counts[bucket])))
    }

    /// One bucket of a cut.
    fn narrowed(&self, cut: &Cut, shift: u32, bucket: usize) -> Cut {
        let low = cut.low + ((bucket as u128) << shift);
        Cut {
            chunks: self.per_chunk(bucket).filter(|(_, n)| *n > 0).map(|(chunk, _)| chunk).collect(),
            beginning: cut.beginning.clone(),
            low,
            high: (low + ((1 << shift) - 1)).min(cut.high),
        }
    }
}
