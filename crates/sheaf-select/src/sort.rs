//! One page of a set of assets in the order of a field, without sorting the whole set.
//!
//! Every row gets a key of integers in the wanted order. A walk counts keys in some thousand buckets; only the buckets
//! that the page touches are looked at again: collected and sorted when they are small, cut finer when they are not.
//! Dictionary fields get the rank of the value as the key, so a page inside one frequent value needs no sorting at all.
//! Long texts are cut by eight bytes at a time.

mod top;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use roaring::RoaringBitmap;

use crate::chunk_set::{RowSet, split};
use crate::column::{Column, Numbers, Rows};
use crate::facet::{coded_counts, ordered};
use crate::walk::Parts;
use crate::{CHUNK, FieldKey, Kind, Library, SelectError, fold};

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
/// Different texts of a field up to which each gets a rank.
const MAX_RANKS: usize = 1 << 20;

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
        let until = offset.saturating_add(limit as u64).min(within.len());
        if offset >= until {
            return Ok(Vec::new());
        }
        match by {
            SortBy::Ordinal => Ok(by_ordinal(within, descending, offset, until)),
            SortBy::Field(field) => Sort::new(self, field, within, descending)?.page(within, offset, until),
        }
    }
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

/// A value on its way to a key.
#[derive(Clone, Copy)]
enum Item<'a> {
    Number(Kind, f64),
    Text { folded: &'a str, exact: &'a str },
}

impl Item<'_> {
    /// Where the item stands: its kind, its number, its text.
    fn place(&self) -> (Kind, i64, &str, &str) {
        match self {
            Item::Number(kind, v) => (*kind, ordered(*v), "", ""),
            Item::Text { folded, exact } => (Kind::Text, 0, folded, exact),
        }
    }
}

/// How texts become keys.
enum TextKeys {
    /// All texts of the field, sorted.
    Ranks(Vec<(String, String)>),
    /// The eight bytes after what all the folded texts have in common.
    Prefixes,
}

/// One cut of the rows: keys within `low..=high`, texts only with this beginning.
struct Cut {
    chunks: Vec<u32>,
    beginning: Vec<u8>,
    low: u128,
    high: u128,
}

/// A row to be sorted: its key, its folded and exact text when the key does not say it all, its ordinal.
type Row = (u128, Option<(String, String)>, u32);

/// How values become keys; shared by the threads of a walk.
struct Keys {
    descending: bool,
    texts: TextKeys,
    sets: BTreeMap<u32, RowSet>,
}

struct Sort<'a> {
    library: &'a Library<'a>,
    field: &'a FieldKey,
    keys: Keys,
    /// Bytes that all the folded texts begin with.
    common: Vec<u8>,
    /// The least and the greatest key.
    bounds: (u128, u128),
    /// Assets of the set that have the field.
    present: u64,
}

impl<'a> Sort<'a> {
    fn new(
        library: &'a Library<'a>,
        field: &'a FieldKey,
        within: &RoaringBitmap,
        descending: bool,
    ) -> Result<Sort<'a>, SelectError> {
        let sets = split(within);
        let mut present = 0;
        let mut ends: Option<(String, String)> = None;
        let mut numbers: Vec<(Kind, f64)> = Vec::new();
        let mut different: Option<HashSet<Box<str>>> = Some(HashSet::new());
        library.walk_windows(
            std::slice::from_ref(field),
            &library.known(&sets),
            &|chunk, columns: &[Parts]| {
                let present =
                    columns[0].iter().map(|c| u64::from(c.present.count_both(&sets[&chunk]))).sum::<u64>();
                (present, columns[0].clone())
            },
            |window| {
                for (n, parts) in window {
                    present += n;
                    for column in &parts {
                        widen(&mut ends, column);
                        numbers.extend(number_ends(column));
                        add_texts(&mut different, column);
                    }
                }
                true
            },
        )?;
        let texts = match different {
            Some(all) => {
                let mut all: Vec<_> = all.into_iter().map(|t| (fold(&t), t.into_string())).collect();
                all.sort_unstable();
                TextKeys::Ranks(all)
            }
            None => TextKeys::Prefixes,
        };
        let ends_of_texts = ends.is_some();
        let common = ends.map_or(Vec::new(), |(low, high)| {
            low.bytes().zip(high.bytes()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
        });
        let keys = Keys { descending, texts, sets };
        let texts = ends_of_texts.then(|| match &keys.texts {
            TextKeys::Ranks(all) => [0, all.len() as u64 - 1],
            TextKeys::Prefixes => [0, u64::MAX],
        });
        let texts = texts.into_iter().flatten().map(|key| keys.directed(Kind::Text, key));
        let numbers = numbers.into_iter().map(|(kind, v)| keys.directed(kind, number_key(v)));
        let all = numbers.chain(texts);
        let bounds = all.fold((u128::MAX, 0), |(low, high), key| (low.min(key), high.max(key)));
        Ok(Sort { library, field, keys, common, bounds, present })
    }

    fn page(&self, within: &RoaringBitmap, offset: u64, until: u64) -> Result<Vec<u32>, SelectError> {
        let mut page = Vec::with_capacity((until - offset) as usize);
        if offset < self.present {
            let chunks = self.library.known(&self.keys.sets);
            let cut = Cut { chunks, beginning: self.common.clone(), low: self.bounds.0, high: self.bounds.1 };
            self.select(&cut, offset, until.min(self.present), &mut page)?;
        }
        if until > self.present {
            let missing = within - self.library.having(self.field, within)?;
            let skip = offset.saturating_sub(self.present);
            page.extend(by_ordinal(&missing, false, skip, until - self.present));
        }
        Ok(page)
    }

    /// Appends the rows at places `from..until` of the cut.
    fn select(&self, cut: &Cut, from: u64, until: u64, page: &mut Vec<u32>) -> Result<(), SelectError> {
        let width = u128::BITS - (cut.high - cut.low).leading_zeros();
        let shift = width.saturating_sub(BUCKET_BITS);
        let n_buckets = ((cut.high - cut.low) >> shift) as usize + 1;
        let (fields, keys) = (std::slice::from_ref(self.field), &self.keys);
        let counts = self.library.walk(fields, &cut.chunks, |chunk, columns| {
            let mut counts = vec![0u32; n_buckets];
            for column in &columns[0] {
                keys.count(column, &keys.sets[&chunk], cut, shift, &mut counts);
            }
            counts
        })?;
        let total = |bucket: usize| counts.iter().map(|c| u64::from(c[bucket])).sum::<u64>();
        // The buckets that the page touches, with the places of their rows.
        let mut touched: Vec<(usize, u64, u64)> = Vec::new();
        let mut before = 0;
        for bucket in 0..n_buckets {
            let n = total(bucket);
            if n > 0 && before < until && before + n > from {
                touched.push((bucket, before, n));
            }
            before += n;
        }
        let chunks_with = |buckets: std::ops::RangeInclusive<usize>| -> Vec<u32> {
            let some = |c: &Vec<u32>| c[buckets.clone()].iter().any(|n| *n > 0);
            cut.chunks.iter().zip(&counts).filter(|(_, c)| some(c)).map(|(chunk, _)| *chunk).collect()
        };
        let low = |bucket: usize| cut.low + ((bucket as u128) << shift);
        let high = |bucket: usize| (low(bucket) + ((1 << shift) - 1)).min(cut.high);
        let narrowed = |first: usize, last: usize| Cut {
            chunks: chunks_with(first..=last),
            beginning: cut.beginning.clone(),
            low: low(first),
            high: high(last),
        };
        let mut i = 0;
        while i < touched.len() {
            // As many neighbours as are few together are collected at once.
            let (first, start, mut n) = touched[i];
            let mut last = i;
            while last + 1 < touched.len() && n + touched[last + 1].2 <= FEW {
                last += 1;
                n += touched[last].2;
            }
            let wanted = (from.max(start) - start, until.min(start + n) - start);
            let inner = narrowed(first, touched[last].0);
            i = last + 1;
            if n <= FEW {
                self.collect(&inner, wanted, page)?;
            } else if shift > 0 {
                self.select(&inner, wanted.0, wanted.1, page)?;
            } else if let Some(deeper) = self.deeper(&inner) {
                self.select(&deeper, wanted.0, wanted.1, page)?;
            } else if self.is_exact(&inner) {
                let per_chunk = cut.chunks.iter().zip(counts.iter().map(|c| c[first]));
                self.in_ordinal_order(&inner, per_chunk.map(|(c, n)| (*c, u64::from(n))), wanted, page)?;
            } else {
                self.collect(&inner, wanted, page)?;
            }
        }
        Ok(())
    }

    /// Whether rows of one key are ties.
    fn is_exact(&self, cut: &Cut) -> bool {
        matches!(self.keys.texts, TextKeys::Ranks(_)) || self.kind(cut.low) != Kind::Text
    }

    fn kind(&self, key: u128) -> Kind {
        let kinds = [Kind::Bool, Kind::Number, Kind::Time, Kind::Text];
        let kind = (key >> 64) as usize & 3;
        kinds[if self.keys.descending { 3 - kind } else { kind }]
    }

    /// The texts of one key, by the eight bytes that come after; none when texts of this key have ended.
    fn deeper(&self, cut: &Cut) -> Option<Cut> {
        if self.is_exact(cut) {
            return None;
        }
        let key = cut.low as u64;
        let bytes = (if self.keys.descending { !key } else { key }).to_be_bytes();
        if bytes.contains(&0) {
            return None;
        }
        let mut beginning = cut.beginning.clone();
        beginning.extend_from_slice(&bytes);
        let kind = cut.low >> 64 << 64;
        Some(Cut { chunks: cut.chunks.clone(), beginning, low: kind, high: kind | u128::from(u64::MAX) })
    }

    /// Rows of one key that are all ties: in ordinal order, chunks outside the page not read.
    fn in_ordinal_order(
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
        let (fields, keys) = (std::slice::from_ref(self.field), &self.keys);
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
    fn collect(&self, cut: &Cut, (from, until): (u64, u64), page: &mut Vec<u32>) -> Result<(), SelectError> {
        let by_rank = matches!(self.keys.texts, TextKeys::Ranks(_));
        let (fields, keys) = (std::slice::from_ref(self.field), &self.keys);
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
        if self.keys.descending {
            rows.sort_unstable_by(|a, b| (a.0, Reverse(&a.1), a.2).cmp(&(b.0, Reverse(&b.1), b.2)));
        } else {
            rows.sort_unstable();
        }
        page.extend(rows.into_iter().skip(from as usize).take((until - from) as usize).map(|r| r.2));
        Ok(())
    }
}

impl Keys {
    /// The key of an item, if the cut holds it.
    fn key(&self, item: Item<'_>, cut: &Cut) -> Option<u128> {
        self.key_after(item, cut, &mut 0)
    }

    /// The keys of a column's codes.
    fn code_keys(&self, column: &Column, n: usize, cut: &Cut) -> Vec<Option<u128>> {
        let mut rank = 0;
        let keys = (0..n).map(|i| self.key_after(dict_item(column, i), cut, &mut rank));
        std::iter::once(None).chain(keys).collect()
    }

    /// The same for items in sorted order: `rank` is where the search for the next text begins.
    fn key_after(&self, item: Item<'_>, cut: &Cut, rank: &mut usize) -> Option<u128> {
        self.any_key(item, cut, rank).filter(|key| (cut.low..=cut.high).contains(key))
    }

    /// The key of an item, be it within the cut or not; none for texts with another beginning.
    fn any_key(&self, item: Item<'_>, cut: &Cut, rank: &mut usize) -> Option<u128> {
        let (kind, key) = match item {
            Item::Number(kind, v) => (kind, number_key(v)),
            Item::Text { folded, exact } => {
                let key = match &self.texts {
                    TextKeys::Ranks(all) => {
                        let order = |x: &(String, String)| (x.0.as_str(), x.1.as_str()).cmp(&(folded, exact));
                        let rest = all.get(*rank..)?;
                        // Chunks mostly have the same texts, so it mostly is the next one.
                        let next = rest.first().is_some_and(|x| order(x).is_eq());
                        *rank += if next { 0 } else { rest.binary_search_by(order).ok()? };
                        *rank += 1;
                        *rank as u64 - 1
                    }
                    TextKeys::Prefixes => prefix_key(folded.as_bytes(), &cut.beginning)?,
                };
                (Kind::Text, key)
            }
        };
        Some(self.directed(kind, key))
    }

    /// The least and the greatest key of a column of one plain group; none when they are not known.
    fn ends(&self, column: &Column, cut: &Cut) -> Option<(u128, u128)> {
        if column.coded.is_some() {
            return None;
        }
        let ends = match (&column.texts, &column.numbers, &column.times) {
            (Some(texts), None, None) => [texts.min, texts.max].map(|i| {
                let i = i as usize;
                Item::Text { folded: texts.texts.folded(i), exact: texts.texts.get(i) }
            }),
            (None, Some(n), None) => [n.min, n.max].map(|v| Item::Number(Kind::Number, v)),
            (None, None, Some(n)) => [n.min, n.max].map(|v| Item::Number(Kind::Time, v)),
            _ => return None,
        };
        let [a, b] = ends.map(|item| self.any_key(item, cut, &mut 0));
        Some((a?.min(b?), a?.max(b?)))
    }

    /// A key of a kind in the direction of the sort.
    fn directed(&self, kind: Kind, key: u64) -> u128 {
        let (kind, key) = if self.descending { (3 - kind as u8, !key) } else { (kind as u8, key) };
        u128::from(kind) << 64 | u128::from(key)
    }

    /// Adds how many rows of the set have their key in which bucket of the cut.
    fn count(&self, column: &Column, set: &RowSet, cut: &Cut, shift: u32, counts: &mut [u32]) {
        let simple = is_simple(column);
        if let (true, Some(coded)) = (simple, &column.coded) {
            let keys = self.code_keys(column, coded.dict.len(), cut);
            if keys.iter().any(Option::is_some) {
                for (key, n) in keys.into_iter().zip(coded_counts(column, coded, set)) {
                    if let Some(key) = key {
                        counts[((key - cut.low) >> shift) as usize] += n;
                    }
                }
            }
        } else if let (true, Some((low, high))) = (simple, self.ends(column, cut))
            && low >= cut.low
            && high <= cut.high
            && (low - cut.low) >> shift == (high - cut.low) >> shift
        {
            counts[((low - cut.low) >> shift) as usize] += column.present.count_both(set);
        } else if let (true, Some(numbers), Some((base, low, high))) =
            (simple, &column.numbers, self.within_kind(Kind::Number, cut))
        {
            let (flip, start) = (self.flip(), (base | u128::from(low)) - cut.low);
            if shift < 64 && start == 0 {
                numbers.in_batches(column.first, set, |values| {
                    for &v in values {
                        let key = number_key(v) ^ flip;
                        if key >= low && key <= high && !v.is_nan() {
                            counts[((key - low) >> shift) as usize] += 1;
                        }
                    }
                });
            } else {
                self.for_each_number(column.first, Kind::Number, numbers, set, cut, |_, _, key| {
                    counts[((key - cut.low) >> shift) as usize] += 1;
                });
            }
        } else if cut.high - cut.low <= u128::from(u64::MAX) {
            // Nearly always: one kind, and 64 bits are enough.
            let shift = shift.min(63);
            self.for_each(column, set, cut, |_, key, _| {
                counts[((key - cut.low) as u64 >> shift) as usize] += 1
            });
        } else {
            self.for_each(column, set, cut, |_, key, _| counts[((key - cut.low) >> shift) as usize] += 1);
        }
    }

    /// Calls `f(row, key, item)` with each row of the set whose deciding value the cut holds, in row order.
    fn for_each<'c>(
        &self,
        column: &'c Column,
        set: &RowSet,
        cut: &Cut,
        mut f: impl FnMut(u32, u128, &dyn Fn() -> Item<'c>),
    ) {
        if self.ends(column, cut).is_some_and(|(low, high)| high < cut.low || low > cut.high) {
            return;
        }
        if !is_simple(column) {
            for (row, item) in self.deciding(column, set) {
                if let Some(key) = self.key(item, cut) {
                    f(row, key, &|| item);
                }
            }
        } else if let Some(coded) = &column.coded {
            let keys = self.code_keys(column, coded.dict.len(), cut);
            if keys.iter().any(Option::is_some) {
                coded.for_each_in(column.first, set, |row, code| {
                    if let Some(key) = keys[code] {
                        f(row, key, &|| dict_item(column, code - 1));
                    }
                });
            }
        } else if let Some(texts) = &column.texts {
            let Some((base, low, high)) = self.within_kind(Kind::Text, cut) else { return };
            let ((blob, offsets), flip) = (texts.texts.folded_parts(), self.flip());
            texts.for_each_in(column.first, set, |row, i| {
                let text = blob.as_bytes().get(offsets[i] as usize..offsets[i + 1] as usize).unwrap_or(&[]);
                let Some(key) = prefix_key(text, &cut.beginning).map(|key| key ^ flip) else { return };
                if key >= low && key <= high {
                    let item = || Item::Text { folded: texts.texts.folded(i), exact: texts.texts.get(i) };
                    f(row, base | u128::from(key), &item);
                }
            });
        } else {
            for (kind, numbers) in [(Kind::Number, &column.numbers), (Kind::Time, &column.times)] {
                if let Some(numbers) = numbers {
                    self.for_each_number(column.first, kind, numbers, set, cut, |row, v, key| {
                        f(row, key, &|| Item::Number(kind, v));
                    });
                }
            }
        }
    }

    /// What turns keys round.
    fn flip(&self) -> u64 {
        if self.descending { u64::MAX } else { 0 }
    }

    /// What a cut holds of one kind: the kind's bits, the least and the greatest of the 64 bits that then decide.
    fn within_kind(&self, kind: Kind, cut: &Cut) -> Option<(u128, u64, u64)> {
        let base = self.directed(kind, self.flip());
        let end = base | u128::from(u64::MAX);
        (cut.high >= base && cut.low <= end)
            .then(|| (base, cut.low.max(base) as u64, cut.high.min(end) as u64))
    }

    /// Calls `f(row, number, key)` with each number that the cut holds.
    fn for_each_number(
        &self,
        first: u32,
        kind: Kind,
        numbers: &Numbers,
        set: &RowSet,
        cut: &Cut,
        mut f: impl FnMut(u32, f64, u128),
    ) {
        let Some((base, low, high)) = self.within_kind(kind, cut) else { return };
        let flip = self.flip();
        numbers.for_each_in(first, set, |row, v| {
            let key = number_key(v) ^ flip;
            if key >= low && key <= high {
                f(row, v, base | u128::from(key));
            }
        });
    }

    /// The value that decides for each row: the least or, descending, the greatest.
    fn deciding<'c>(&self, column: &'c Column, set: &RowSet) -> BTreeMap<u32, Item<'c>> {
        let mut best: BTreeMap<u32, Item<'c>> = BTreeMap::new();
        let mut add = |row: u32, item: Item<'c>| {
            best.entry(row)
                .and_modify(|old| {
                    let better =
                        if self.descending { item.place() > old.place() } else { item.place() < old.place() };
                    if better {
                        *old = item;
                    }
                })
                .or_insert(item);
        };
        if let Some(coded) = &column.coded {
            coded.for_each_in(column.first, set, |row, code| {
                if code > 0 {
                    add(row, dict_item(column, code - 1));
                }
            });
        }
        for (kind, numbers) in [(Kind::Number, &column.numbers), (Kind::Time, &column.times)] {
            if let Some(numbers) = numbers {
                numbers.for_each_in(column.first, set, |row, v| add(row, Item::Number(kind, v)));
            }
        }
        if let Some(texts) = &column.texts {
            texts.for_each_in(column.first, set, |row, i| {
                add(row, Item::Text { folded: texts.texts.folded(i), exact: texts.texts.get(i) });
            });
        }
        best
    }
}

/// One group, one value a row.
fn is_simple(column: &Column) -> bool {
    let groups = [
        column.coded.as_ref().map(|c| &c.rows),
        column.numbers.as_ref().map(|n| &n.rows),
        column.times.as_ref().map(|n| &n.rows),
        column.texts.as_ref().map(|t| &t.rows),
    ];
    let mut groups = groups.into_iter().flatten();
    match (groups.next(), groups.next()) {
        (Some(Rows::Dense), None) => true,
        (Some(Rows::List(rows)), None) => rows.is_sorted_by(|a, b| a < b),
        _ => false,
    }
}

fn dict_item(column: &Column, i: usize) -> Item<'_> {
    let Some(dict) = column.coded.as_ref().map(|c| &c.dict) else { return Item::Number(Kind::Bool, 0.0) };
    match dict.kind(i) {
        Kind::Bool => Item::Number(Kind::Bool, f64::from(u8::from(dict.bools[i]))),
        Kind::Number => Item::Number(Kind::Number, dict.numbers[i - dict.numbers_start()]),
        Kind::Time => Item::Number(Kind::Time, dict.times[i - dict.times_start()]),
        Kind::Text => {
            let i = i - dict.texts_start();
            Item::Text { folded: dict.texts.folded(i), exact: dict.texts.get(i) }
        }
    }
}

/// The eight bytes after a text's beginning, zeros after its end; none when it begins with something else.
#[inline]
fn prefix_key(text: &[u8], beginning: &[u8]) -> Option<u64> {
    let rest = text.strip_prefix(beginning)?;
    Some(match rest.first_chunk::<8>() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => rest.iter().rev().fold(0, |key, b| key >> 8 | u64::from(*b) << 56),
    })
}

fn number_key(v: f64) -> u64 {
    (ordered(v) as u64) ^ (1 << 63)
}

/// The ends of a column's groups that are not texts.
fn number_ends(column: &Column) -> Vec<(Kind, f64)> {
    let mut ends = Vec::new();
    if let Some(dict) = column.coded.as_ref().map(|c| &c.dict) {
        ends.extend(dict.bools.iter().map(|b| (Kind::Bool, f64::from(u8::from(*b)))));
        ends.extend(dict.numbers.first().into_iter().chain(dict.numbers.last()).map(|v| (Kind::Number, *v)));
        ends.extend(dict.times.first().into_iter().chain(dict.times.last()).map(|v| (Kind::Time, *v)));
    }
    ends.extend(column.numbers.iter().flat_map(|n| [n.min, n.max]).map(|v| (Kind::Number, v)));
    ends.extend(column.times.iter().flat_map(|n| [n.min, n.max]).map(|v| (Kind::Time, v)));
    ends
}

/// Widens the least and the greatest folded text.
fn widen(ends: &mut Option<(String, String)>, column: &Column) {
    let coded = column.coded.as_ref().map(|c| &c.dict.texts).filter(|t| t.len() > 0);
    let coded = coded.into_iter().flat_map(|t| [t.folded(0), t.folded(t.len() - 1)]);
    let plain =
        column.texts.as_ref().map(|t| [t.texts.folded(t.min as usize), t.texts.folded(t.max as usize)]);
    for text in coded.chain(plain.into_iter().flatten()) {
        match ends {
            None => *ends = Some((text.to_string(), text.to_string())),
            Some((low, _)) if text < low.as_str() => *low = text.to_string(),
            Some((_, high)) if text > high.as_str() => *high = text.to_string(),
            Some(_) => {}
        }
    }
}

/// Adds a column's different texts to those that ranks are made of; gives it up when there are too many.
fn add_texts(different: &mut Option<HashSet<Box<str>>>, column: &Column) {
    let Some(all) = different else { return };
    for text in column.coded.iter().flat_map(|c| c.dict.texts.iter()) {
        if !all.contains(text) {
            all.insert(text.into());
        }
    }
    if column.texts.is_some() || all.len() > MAX_RANKS {
        *different = None;
    }
}
