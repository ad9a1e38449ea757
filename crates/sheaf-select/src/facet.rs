//! Facets: the most frequent values of a field within a set of assets, with exact counts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use roaring::RoaringBitmap;

use crate::chunk_set::{RowSet, split};
use crate::column::{Coded, Column};
use crate::walk::Parts;
use crate::{FieldKey, Kind, Library, SelectError, Value, fold};

/// A field that shows more different values than this is an identifier or a measure: its facet stays empty.
pub const MAX_DISTINCT: usize = 10_000;

/// One field's values within a set. An asset with several values counts once for each of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facet {
    /// Assets of the set that have the field.
    pub count: u64,
    /// Assets of the set that lack it.
    pub missing: u64,
    /// Most frequent first, ties in the order of sorting. Empty when `distinct` is `None`.
    pub values: Vec<(Value, u64)>,
    /// Different values beyond the listed ones; 0 when `distinct` is `None`.
    pub more: u64,
    /// Different values in all; `None` when there are more than [`MAX_DISTINCT`].
    pub distinct: Option<u64>,
}

impl Library<'_> {
    /// The `limit` most frequent values of the field within the set. The values of `Builtin::Upload` are ids.
    pub fn facet(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        limit: usize,
    ) -> Result<Facet, SelectError> {
        let chunks = split(within);
        let too_many = AtomicBool::new(false);
        let mut count = 0;
        let mut counter = Some(Counter::default());
        self.walk_windows(
            std::slice::from_ref(field),
            &self.known(&chunks),
            &|chunk, columns: &[Parts]| {
                let set = &chunks[&chunk];
                let present: u64 = columns[0].iter().map(|c| u64::from(c.present.count_both(set))).sum();
                let tallies =
                    if too_many.load(Ordering::Relaxed) { Vec::new() } else { tally(&columns[0], set) };
                (chunk, columns[0].clone(), present, tallies)
            },
            |window| {
                for (chunk, parts, present, tallies) in window {
                    count += present;
                    for (column, tally) in parts.iter().zip(tallies) {
                        if counter.as_mut().is_some_and(|c| !c.add(column, &tally, &chunks[&chunk])) {
                            counter = None;
                            too_many.store(true, Ordering::Relaxed);
                        }
                    }
                }
                true
            },
        )?;
        let missing = within.len() - count;
        let Some(counter) = counter else {
            return Ok(Facet { count, missing, ..Facet::default() });
        };
        let distinct = counter.len() as u64;
        let values = counter.into_top(limit);
        Ok(Facet { count, missing, more: distinct - values.len() as u64, values, distinct: Some(distinct) })
    }

    /// For each given value (as a facet has listed them), the assets of the set that have it.
    pub fn facet_counts(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        values: &[Value],
    ) -> Result<Vec<u64>, SelectError> {
        let chunks = split(within);
        let counts = self.walk(std::slice::from_ref(field), &self.known(&chunks), |chunk, columns| {
            let mut counts = vec![0u64; values.len()];
            for column in &columns[0] {
                count_values(column, &chunks[&chunk], values, &mut counts);
            }
            counts
        })?;
        Ok(counts.into_iter().fold(vec![0; values.len()], |mut all, some| {
            all.iter_mut().zip(some).for_each(|(a, b)| *a += b);
            all
        }))
    }

    /// The chunks of a set that the snapshot has.
    pub(crate) fn known(&self, set: &BTreeMap<u32, RowSet>) -> Vec<u32> {
        set.range(self.chunks()).map(|(chunk, _)| *chunk).collect()
    }
}

/// For each column how often each code occurs within the set; empty for a column without codes.
fn tally(parts: &Parts, set: &RowSet) -> Vec<Vec<u32>> {
    parts.iter().map(|c| c.coded.as_ref().map_or(Vec::new(), |coded| coded_counts(c, coded, set))).collect()
}

/// How often each code of the column occurs within the set.
pub(crate) fn coded_counts(column: &Column, coded: &Coded, set: &RowSet) -> Vec<u32> {
    if column.present.count_both(set) == column.present_count {
        return coded.counts.clone();
    }
    let mut counts = vec![0u32; coded.dict.len() + 1];
    coded.for_each_in(column.first, set, |_, code| counts[code] += 1);
    counts
}

/// Counts by value, over all chunks.
#[derive(Default)]
struct Counter {
    bools: [u64; 2],
    numbers: HashMap<u64, u64>,
    times: HashMap<u64, u64>,
    texts: HashMap<Box<str>, u64>,
}

impl Counter {
    fn len(&self) -> usize {
        let bools = self.bools.iter().filter(|n| **n > 0).count();
        bools + self.numbers.len() + self.times.len() + self.texts.len()
    }

    fn text(&mut self, text: &str, n: u64) {
        match self.texts.get_mut(text) {
            Some(count) => *count += n,
            None => {
                self.texts.insert(text.into(), n);
            }
        }
    }

    /// Adds a column's counts; `false` when there are too many different values.
    fn add(&mut self, column: &Column, tally: &[u32], set: &RowSet) -> bool {
        if let Some(coded) = &column.coded {
            let dict = &coded.dict;
            for (i, &n) in tally.iter().enumerate().skip(1).filter(|(_, n)| **n > 0) {
                let (i, n) = (i - 1, u64::from(n));
                match dict.kind(i) {
                    Kind::Bool => self.bools[usize::from(dict.bools[i])] += n,
                    Kind::Number => {
                        *self.numbers.entry(dict.numbers[i - dict.numbers_start()].to_bits()).or_default() +=
                            n;
                    }
                    Kind::Time => {
                        *self.times.entry(dict.times[i - dict.times_start()].to_bits()).or_default() += n
                    }
                    Kind::Text => self.text(dict.texts.get(i - dict.texts_start()), n),
                }
            }
        }
        let whole = column.present.count_both(set) == column.present_count;
        for (numbers, counts) in [(&column.numbers, &mut self.numbers), (&column.times, &mut self.times)] {
            if let Some(numbers) = numbers {
                if whole && numbers.distinct as usize > MAX_DISTINCT {
                    return false;
                }
                numbers.for_each_in(column.first, set, |_, v| {
                    if counts.len() <= MAX_DISTINCT {
                        *counts.entry(v.to_bits()).or_default() += 1;
                    }
                });
            }
        }
        if let Some(texts) = &column.texts {
            if whole && texts.distinct as usize > MAX_DISTINCT {
                return false;
            }
            texts.for_each_in(column.first, set, |_, i| {
                if self.texts.len() <= MAX_DISTINCT {
                    self.text(texts.texts.get(i), 1);
                }
            });
        }
        self.len() <= MAX_DISTINCT
    }

    fn into_top(self, limit: usize) -> Vec<(Value, u64)> {
        let bools = [false, true].into_iter().zip(self.bools).filter(|b| b.1 > 0);
        let bools = bools.map(|(b, n)| (Value::Bool(b), n));
        let numbers = self.numbers.into_iter().map(|(v, n)| (Value::Number(f64::from_bits(v)), n));
        let times = self.times.into_iter().map(|(v, n)| (Value::Time(f64::from_bits(v) as i64), n));
        let texts = self.texts.into_iter().map(|(t, n)| (Value::Text(t.into()), n));
        top(bools.chain(numbers).chain(times).chain(texts).collect(), limit)
    }
}

/// The `limit` greatest counts, ties in the order of sorting.
pub(crate) fn top(mut all: Vec<(Value, u64)>, limit: usize) -> Vec<(Value, u64)> {
    if limit == 0 {
        return Vec::new();
    }
    if all.len() > limit {
        all.select_nth_unstable_by_key(limit - 1, |v| Reverse(v.1));
        let least = all[limit - 1].1;
        all.retain(|v| v.1 >= least);
    }
    let key = |v: &Value| match v {
        Value::Bool(b) => (Kind::Bool, i64::from(*b), String::new()),
        Value::Number(n) => (Kind::Number, ordered(*n), String::new()),
        Value::Time(ms) => (Kind::Time, *ms, String::new()),
        Value::Text(t) => (Kind::Text, 0, fold(t)),
    };
    let mut keyed: Vec<_> = all.into_iter().map(|(v, n)| (Reverse(n), key(&v), v)).collect();
    keyed.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)).then_with(|| a.2.order(&b.2)));
    keyed.into_iter().take(limit).map(|(n, _, v)| (v, n.0)).collect()
}

/// Integers in the order of the floats ([`f64::total_cmp`]).
pub(crate) fn ordered(v: f64) -> i64 {
    let bits = v.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn count_values(column: &Column, set: &RowSet, values: &[Value], counts: &mut [u64]) {
    if let Some(coded) = &column.coded {
        let tally = coded_counts(column, coded, set);
        for (value, count) in values.iter().zip(counts.iter_mut()) {
            *count += coded.dict.position(value).map_or(0, |i| u64::from(tally[i + 1]));
        }
    }
    let mut wanted: HashMap<u64, usize> = HashMap::new();
    for (kind, numbers) in [(Kind::Number, &column.numbers), (Kind::Time, &column.times)] {
        let Some(numbers) = numbers else { continue };
        wanted.clear();
        for (i, value) in values.iter().enumerate() {
            match value {
                Value::Number(n) if kind == Kind::Number => wanted.insert(n.to_bits(), i),
                Value::Time(ms) if kind == Kind::Time => wanted.insert((*ms as f64).to_bits(), i),
                _ => None,
            };
        }
        if !wanted.is_empty() {
            numbers.for_each_in(column.first, set, |_, v| {
                if let Some(i) = wanted.get(&v.to_bits()) {
                    counts[*i] += 1;
                }
            });
        }
    }
    if let Some(texts) = &column.texts {
        let texts_wanted: HashMap<&str, usize> = values
            .iter()
            .enumerate()
            .filter_map(|(i, v)| match v {
                Value::Text(t) => Some((t.as_str(), i)),
                _ => None,
            })
            .collect();
        if !texts_wanted.is_empty() {
            texts.for_each_in(column.first, set, |_, entry| {
                if let Some(i) = texts_wanted.get(texts.texts.get(entry)) {
                    counts[*i] += 1;
                }
            });
        }
    }
}
