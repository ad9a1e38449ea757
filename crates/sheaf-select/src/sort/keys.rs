//! Keys: a row's deciding value as an integer in the wanted order, so that rows can be counted and cut without sorting.

use std::collections::BTreeMap;

use crate::Kind;
use crate::chunk_set::RowSet;
use crate::column::{Column, Numbers, Rows};
use crate::facet::{coded_counts, ordered};

/// A value on its way to a key.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
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
pub(super) enum TextKeys {
    /// All texts of the field, sorted.
    Ranks(Vec<(String, String)>),
    /// The eight bytes after what all the folded texts have in common.
    Prefixes,
}

/// One cut of the rows: keys within `low..=high`, texts only with this beginning.
pub(super) struct Cut {
    pub(super) chunks: Vec<u32>,
    pub(super) beginning: Vec<u8>,
    pub(super) low: u128,
    pub(super) high: u128,
}

/// How values become keys; shared by the threads of a walk.
pub(super) struct Keys {
    pub(super) descending: bool,
    pub(super) texts: TextKeys,
    pub(super) sets: BTreeMap<u32, RowSet>,
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
    pub(super) fn directed(&self, kind: Kind, key: u64) -> u128 {
        let (kind, key) = if self.descending { (3 - kind as u8, !key) } else { (kind as u8, key) };
        u128::from(kind) << 64 | u128::from(key)
    }

    /// Adds how many rows of the set have their key in which bucket of the cut.
    pub(super) fn count(&self, column: &Column, set: &RowSet, cut: &Cut, shift: u32, counts: &mut [u32]) {
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
    pub(super) fn for_each<'c>(
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

pub(super) fn number_key(v: f64) -> u64 {
    (ordered(v) as u64) ^ (1 << 63)
}
