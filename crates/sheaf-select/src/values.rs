//! What a field holds over the whole library: frequent values for completion, and statistics.

use std::collections::{BTreeSet, HashMap};

use crate::column::Column;
use crate::facet::{MAX_DISTINCT, top};
use crate::walk::Parts;
use crate::{FieldKey, Kind, Library, SelectError, Value, fold};

/// Values that completion takes of fields that hold a different one in nearly every asset, and how many it looks at to
/// find them.
const SOME: usize = 2_000;
const LOOKED_AT: usize = 1 << 20;

/// A field over the whole library.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldStats {
    /// Kinds that occur, in order.
    pub kinds: Vec<Kind>,
    /// Assets that have the field.
    pub count: u64,
    /// Different values; `None` when there are more than [`MAX_DISTINCT`].
    pub distinct: Option<u64>,
    /// In the order of sorting.
    pub min: Option<Value>,
    pub max: Option<Value>,
    /// Some text reads as a time.
    pub has_text_times: bool,
}

impl Library<'_> {
    /// The most frequent values that begin with the prefix, case ignored (numbers and booleans as they are written),
    /// with their counts over the library. Of identifier-like fields it gives some, not the most frequent.
    pub fn values_starting_with(
        &self,
        field: &FieldKey,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<(Value, u64)>, SelectError> {
        let prefix = fold(prefix);
        let chunks: Vec<u32> = self.chunks().collect();
        let mut counts: HashMap<Box<str>, (Value, u64)> = HashMap::new();
        let (mut some, mut looked_at) = (0, 0);
        self.walk_windows(
            std::slice::from_ref(field),
            &chunks,
            &|_, columns: &[Parts]| columns[0].clone(),
            |window| {
                for column in window.iter().flatten() {
                    add_coded(column, &prefix, &mut counts);
                    if some < SOME && looked_at < LOOKED_AT {
                        some += add_plain(column, &prefix, SOME - some, &mut counts);
                        looked_at += column.texts.as_ref().map_or(0, |t| t.texts.len());
                    }
                    if counts.len() > MAX_DISTINCT {
                        return false;
                    }
                }
                // A field that is all plain texts is not read to its end.
                let only_plain = !window.iter().flatten().any(|c| c.texts.is_none() || c.coded.is_some());
                let enough = some >= SOME || looked_at >= LOOKED_AT;
                !(enough && only_plain)
            },
        )?;
        Ok(top(counts.into_values().collect(), limit))
    }

    /// Kinds, counts and bounds of a field over the whole library.
    pub fn field_stats(&self, field: &FieldKey) -> Result<FieldStats, SelectError> {
        let chunks: Vec<u32> = self.chunks().collect();
        let mut stats = FieldStats::default();
        let mut kinds = BTreeSet::new();
        self.walk_windows(
            std::slice::from_ref(field),
            &chunks,
            &|_, columns: &[Parts]| columns[0].iter().map(|c| bounds(c)).collect::<Vec<_>>(),
            |window| {
                for (column, count, bounds, has_text_times) in window.into_iter().flatten() {
                    kinds.extend(column);
                    stats.count += count;
                    stats.has_text_times |= has_text_times;
                    for value in bounds {
                        if stats.min.as_ref().is_none_or(|min| value.order(min).is_lt()) {
                            stats.min = Some(value.clone());
                        }
                        if stats.max.as_ref().is_none_or(|max| value.order(max).is_gt()) {
                            stats.max = Some(value);
                        }
                    }
                }
                true
            },
        )?;
        stats.kinds = kinds.into_iter().collect();
        stats.distinct = self.facet(field, &self.snapshot.all(), 0)?.distinct;
        Ok(stats)
    }
}

/// A column's kinds, how many rows have the field, the ends of each group, and whether some text is a time.
fn bounds(column: &Column) -> (Vec<Kind>, u64, Vec<Value>, bool) {
    let (mut kinds, mut ends, mut has_times) = (Vec::new(), Vec::new(), false);
    if let Some(coded) = &column.coded {
        let dict = &coded.dict;
        kinds.extend((0..dict.len()).map(|i| dict.kind(i)));
        kinds.dedup();
        ends.extend([0, dict.len() - 1].map(|i| dict.value(i)));
        has_times |= dict.text_times().iter().any(|t| !t.is_nan());
    }
    if let Some(n) = &column.numbers {
        kinds.push(Kind::Number);
        ends.extend([n.min, n.max].map(Value::Number));
    }
    if let Some(n) = &column.times {
        kinds.push(Kind::Time);
        ends.extend([n.min, n.max].map(|v| Value::Time(v as i64)));
    }
    if let Some(t) = &column.texts {
        kinds.push(Kind::Text);
        ends.extend([t.min, t.max].map(|i| Value::Text(t.texts.get(i as usize).to_string())));
        has_times |= t.has_times;
    }
    (kinds, u64::from(column.present_count), ends, has_times)
}

/// What a value looks like in a query.
fn written(value: &Value) -> String {
    match value {
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::Time(_) => String::new(),
        Value::Text(t) => t.clone(),
    }
}

fn add_coded(column: &Column, prefix: &str, counts: &mut HashMap<Box<str>, (Value, u64)>) {
    let Some(coded) = &column.coded else { return };
    let dict = &coded.dict;
    for i in 0..dict.texts_start() {
        let value = dict.value(i);
        let text = written(&value);
        if value.kind() != Kind::Time && text.starts_with(prefix) {
            // A number and a text that are written the same are offered once each.
            let key = format!("\u{1}{text}").into_boxed_str();
            counts.entry(key).or_insert((value, 0)).1 += u64::from(coded.counts[i + 1]);
        }
    }
    // Texts are sorted by their folded form, so those with the prefix are together.
    let (mut from, mut high) = (0, dict.texts.len());
    while from < high {
        let middle = from + (high - from) / 2;
        if dict.texts.folded(middle) < prefix {
            from = middle + 1;
        } else {
            high = middle;
        }
    }
    for i in (from..dict.texts.len()).take_while(|i| dict.texts.folded(*i).starts_with(prefix)) {
        let (text, n) = (dict.texts.get(i), u64::from(coded.counts[dict.texts_start() + i + 1]));
        match counts.get_mut(text) {
            Some(entry) => entry.1 += n,
            None => {
                counts.insert(text.into(), (Value::Text(text.to_string()), n));
            }
        }
    }
}

/// Adds up to `limit` plain texts; gives how many.
fn add_plain(
    column: &Column,
    prefix: &str,
    limit: usize,
    counts: &mut HashMap<Box<str>, (Value, u64)>,
) -> usize {
    let Some(plain) = &column.texts else { return 0 };
    let passing = (0..plain.texts.len()).filter(|i| plain.texts.folded(*i).starts_with(prefix));
    let mut added = 0;
    for text in passing.take(limit).map(|i| plain.texts.get(i)) {
        counts.entry(text.into()).or_insert_with(|| (Value::Text(text.to_string()), 0)).1 += 1;
        added += 1;
    }
    added
}
