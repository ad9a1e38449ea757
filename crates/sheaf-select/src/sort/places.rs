//! Finding rows by their place in an order: counted by bucket, and only the buckets of interest looked at again.

use std::cmp::Reverse;

use roaring::RoaringBitmap;

use super::counts::Counts;
use super::keys::{Cut, Item, TextKeys};
use super::{FEW, Order, by_ordinal};
use crate::{CHUNK, Kind, Library, SelectError};

/// How often all rows may be walked over to sort a long page, about.
const WALKS_A_PAGE: u64 = 8;

/// A row to be sorted: its key, its folded and exact text when the key does not say it all, its ordinal.
type Row = (u128, Option<(String, String)>, u32);

/// An order, over the library that it was made of.
pub(super) struct Sort<'a> {
    pub(super) library: &'a Library<'a>,
    pub(super) order: &'a Order,
}

impl Sort<'_> {
    pub(super) fn page(
        &self,
        within: &RoaringBitmap,
        offset: u64,
        until: u64,
    ) -> Result<Vec<u32>, SelectError> {
        let mut page = Vec::with_capacity((until - offset) as usize);
        let present = self.order.present;
        if offset < present {
            let whole = self.order.whole(self.library);
            self.select(&whole, self.first_counts(&whole)?, (offset, until.min(present)), &mut page)?;
        }
        if until > present {
            let missing = within - self.library.having(&self.order.field, within)?;
            let skip = offset.saturating_sub(present);
            page.extend(by_ordinal(&missing, false, skip, until - present));
        }
        Ok(page)
    }

    pub(super) fn counts(&self, cut: &Cut) -> Result<Counts, SelectError> {
        Counts::of(self.library, &self.order.field, &self.order.keys, cut)
    }

    /// The counts of the whole order, kept with it.
    pub(super) fn first_counts(&self, whole: &Cut) -> Result<&Counts, SelectError> {
        if let Some(known) = self.order.counts.get() {
            return Ok(known);
        }
        let counts = self.counts(whole)?;
        Ok(self.order.counts.get_or_init(|| counts))
    }

    /// Appends the rows at places `from..until` of the cut.
    fn select(
        &self,
        cut: &Cut,
        counts: &Counts,
        (from, until): (u64, u64),
        page: &mut Vec<u32>,
    ) -> Result<(), SelectError> {
        // The buckets that the page touches, with the places of their rows.
        let mut touched: Vec<(usize, u64, u64)> = Vec::new();
        let mut before = 0;
        for (bucket, n) in counts.totals().enumerate() {
            if n > 0 && before < until && before + n > from {
                touched.push((bucket, before, n));
            }
            before += n;
        }
        // A long page is worth more rows in memory than walks over all of them.
        let few = FEW.max((until - from) / WALKS_A_PAGE);
        let mut i = 0;
        while i < touched.len() {
            // As many neighbours as are few together are collected at once.
            let (first, start, mut n) = touched[i];
            let mut last = i;
            while last + 1 < touched.len() && n + touched[last + 1].2 <= few {
                last += 1;
                n += touched[last].2;
            }
            let wanted = (from.max(start) - start, until.min(start + n) - start);
            let inner = counts.narrowed(cut, first, touched[last].0);
            i = last + 1;
            if n <= few {
                self.collect(&inner, wanted, page)?;
            } else if counts.shift > 0 {
                self.select(&inner, &self.counts(&inner)?, wanted, page)?;
            } else if let Some(deeper) = self.deeper(&inner) {
                self.select(&deeper, &self.counts(&deeper)?, wanted, page)?;
            } else if self.is_exact(&inner) {
                self.in_ordinal_order(&inner, counts.per_chunk(first), wanted, page)?;
            } else {
                self.collect(&inner, wanted, page)?;
            }
        }
        Ok(())
    }

    /// Whether rows of one key are ties.
    pub(super) fn is_exact(&self, cut: &Cut) -> bool {
        matches!(self.order.keys.texts, TextKeys::Ranks(_)) || self.kind(cut.low) != Kind::Text
    }

    fn kind(&self, key: u128) -> Kind {
        let kinds = [Kind::Bool, Kind::Number, Kind::Time, Kind::Text];
        let kind = (key >> 64) as usize & 3;
        kinds[if self.order.keys.descending { 3 - kind } else { kind }]
    }

    /// The texts of one key, by the eight bytes that come after; none when texts of this key have ended.
    pub(super) fn deeper(&self, cut: &Cut) -> Option<Cut> {
        if self.is_exact(cut) {
            return None;
        }
        let key = cut.low as u64;
        let bytes = (if self.order.keys.descending { !key } else { key }).to_be_bytes();
        if bytes.contains(&0) {
            return None;
        }
        let mut beginning = cut.beginning.clone();
        beginning.extend_from_slice(&bytes);
        let kind = cut.low >> 64 << 64;
        Some(Cut { chunks: cut.chunks.clone(), beginning, low: kind, high: kind | u128::from(u64::MAX) })
    }

    /// Rows of one key that are all ties: in ordinal order, chunks outside the page not read.
    pub(super) fn in_ordinal_order(
        &self,
        cut: &Cut,
        per_chunk: impl Iterator<Item = (u32, u64)>,
        (from, until): (u64, u64),
        page: &mut Vec<u32>,
    ) -> Result<(), SelectError> {
        let mut before = 0;
        let mut chunks = Vec::new();
        let mut skipped = 0;
        for (chunk, n) in per_chunk {
            if before + n <= from {
                skipped = before + n;
            } else if n > 0 && before < until {
                chunks.push(chunk);
            }
            before += n;
        }
        let (fields, keys) = (std::slice::from_ref(&self.order.field), &self.order.keys);
        let rows = self.library.walk(fields, &chunks, |chunk, columns| {
            let mut rows = Vec::new();
            for column in &columns[0] {
                keys.for_each(column, &keys.sets[&chunk], cut, |row, _, _| rows.push(chunk * CHUNK + row));
            }
            rows
        })?;
        let (skip, take) = ((from - skipped) as usize, (until - from) as usize);
        page.extend(rows.into_iter().flatten().skip(skip).take(take));
        Ok(())
    }

    /// Sorts all rows of the cut.
    pub(super) fn collect(
        &self,
        cut: &Cut,
        (from, until): (u64, u64),
        page: &mut Vec<u32>,
    ) -> Result<(), SelectError> {
        let by_rank = matches!(self.order.keys.texts, TextKeys::Ranks(_));
        let (fields, keys) = (std::slice::from_ref(&self.order.field), &self.order.keys);
        let rows = self.library.walk(fields, &cut.chunks, |chunk, columns| {
            let mut rows: Vec<Row> = Vec::new();
            for column in &columns[0] {
                keys.for_each(column, &keys.sets[&chunk], cut, |row, key, item| {
                    let text = match item() {
                        Item::Text { folded, exact } if !by_rank => {
                            Some((folded.to_string(), exact.to_string()))
                        }
                        _ => None,
                    };
                    rows.push((key, text, chunk * CHUNK + row));
                });
            }
            rows
        })?;
        let mut rows: Vec<_> = rows.into_iter().flatten().collect();
        if self.order.keys.descending {
            rows.sort_unstable_by(|a, b| (a.0, Reverse(&a.1), a.2).cmp(&(b.0, Reverse(&b.1), b.2)));
        } else {
            rows.sort_unstable();
        }
        page.extend(rows.into_iter().skip(from as usize).take((until - from) as usize).map(|r| r.2));
        Ok(())
    }
}
