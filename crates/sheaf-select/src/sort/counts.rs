//! Rows counted by bucket of their key, chunk by chunk.

use super::BUCKET_BITS;
use super::keys::{Cut, Keys};
use crate::{FieldKey, Library, SelectError};

/// How many rows of a cut lie in each of its buckets, by chunk.
pub(super) struct Counts {
    by_chunk: Vec<(u32, Vec<u32>)>,
    /// Width of a bucket, as a power of two.
    pub(super) shift: u32,
    n_buckets: usize,
}

impl Counts {
    pub(super) fn of(
        library: &Library<'_>,
        field: &FieldKey,
        keys: &Keys,
        cut: &Cut,
    ) -> Result<Self, SelectError> {
        let width = u128::BITS - (cut.high - cut.low).leading_zeros();
        let shift = width.saturating_sub(BUCKET_BITS);
        let n_buckets = ((cut.high - cut.low) >> shift) as usize + 1;
        let by_chunk = library.walk(std::slice::from_ref(field), &cut.chunks, |chunk, columns| {
            let mut counts = vec![0u32; n_buckets];
            for column in &columns[0] {
                keys.count(column, &keys.sets[&chunk], cut, shift, &mut counts);
            }
            (chunk, counts)
        })?;
        Ok(Self { by_chunk, shift, n_buckets })
    }

    pub(super) fn totals(&self) -> impl Iterator<Item = u64> {
        (0..self.n_buckets)
            .map(|bucket| self.by_chunk.iter().map(|(_, counts)| u64::from(counts[bucket])).sum())
    }

    pub(super) fn per_chunk(&self, bucket: usize) -> impl Iterator<Item = (u32, u64)> {
        self.by_chunk.iter().map(move |(chunk, counts)| (*chunk, u64::from(counts[bucket])))
    }

    /// Some neighbouring buckets of a cut.
    pub(super) fn narrowed(&self, cut: &Cut, first: usize, last: usize) -> Cut {
        let low = |bucket: usize| cut.low + ((bucket as u128) << self.shift);
        let some = |counts: &[u32]| counts[first..=last].iter().any(|n| *n > 0);
        let chunks = self.by_chunk.iter().filter(|(_, counts)| some(counts)).map(|(chunk, _)| *chunk);
        Cut {
            chunks: chunks.collect(),
            beginning: cut.beginning.clone(),
            low: low(first),
            high: (low(last) + ((1 << self.shift) - 1)).min(cut.high),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.by_chunk.len() * self.n_buckets * size_of::<u32>()
    }
}
