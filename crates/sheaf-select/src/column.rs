//! What one field holds in one chunk, decoded: the form that is cached and that the tail is made of.
//!
//! Values with few different ones are *coded*: a sorted dictionary of all kinds and a small code for each row, so that
//! equality, ranges and prefixes are ranges of codes and one pass over bytes. Numbers, times and texts with many
//! different values are *plain*: one value after the other. A field may use all of them in one chunk.

use std::sync::OnceLock;

use crate::chunk_set::{Bits, RowSet};
use crate::text::Texts;
use crate::{Kind, Value, fold};

/// Which rows the entries of a group belong to.
#[derive(Debug, PartialEq)]
pub(crate) enum Rows {
    /// Entry `i` is row `first + i` of the column; a missing one is code 0 or NaN.
    Dense,
    /// Entry `i` is this row; ascending, the same row again when it has several values.
    List(Vec<u16>),
}

impl Rows {
    #[inline]
    pub fn row(&self, first: u32, i: usize) -> u32 {
        match self {
            Rows::Dense => first + i as u32,
            Rows::List(rows) => u32::from(rows[i]),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Rows::Dense => 0,
            Rows::List(rows) => rows.len() * 2,
        }
    }
}

/// Distinct values, sorted by kind and then as [`Value::order`] sorts; code 0 means missing, `i + 1` the `i`-th value.
#[derive(Debug, Default)]
pub(crate) struct Dict {
    pub bools: Vec<bool>,
    pub numbers: Vec<f64>,
    pub times: Vec<f64>,
    pub texts: Texts,
    /// Times of the texts, NaN where there is none; made when first asked for.
    pub text_times: OnceLock<Vec<f64>>,
}

impl Dict {
    pub fn len(&self) -> usize {
        self.texts_start() + self.texts.len()
    }

    pub fn numbers_start(&self) -> usize {
        self.bools.len()
    }

    pub fn times_start(&self) -> usize {
        self.numbers_start() + self.numbers.len()
    }

    pub fn texts_start(&self) -> usize {
        self.times_start() + self.times.len()
    }

    pub fn kind(&self, i: usize) -> Kind {
        if i < self.numbers_start() {
            Kind::Bool
        } else if i < self.times_start() {
            Kind::Number
        } else if i < self.texts_start() {
            Kind::Time
        } else {
            Kind::Text
        }
    }

    pub fn value(&self, i: usize) -> Value {
        match self.kind(i) {
            Kind::Bool => Value::Bool(self.bools[i]),
            Kind::Number => Value::Number(self.numbers[i - self.numbers_start()]),
            Kind::Time => Value::Time(self.times[i - self.times_start()] as i64),
            Kind::Text => Value::Text(self.texts.get(i - self.texts_start()).to_string()),
        }
    }
}

#[derive(Debug)]
pub(crate) enum Codes {
    U8(Vec<u8>),
    U16(Vec<u16>),
}

impl Codes {
    #[inline]
    pub fn get(&self, i: usize) -> usize {
        match self {
            Codes::U8(c) => usize::from(c[i]),
            Codes::U16(c) => usize::from(c[i]),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Codes::U8(c) => c.len(),
            Codes::U16(c) => c.len(),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Coded {
    pub dict: Dict,
    pub rows: Rows,
    pub codes: Codes,
    /// Entries of each value, by code; `counts[0]` counts the missing.
    pub counts: Vec<u32>,
}

/// Plain numbers, or times as milliseconds.
#[derive(Debug)]
pub(crate) struct Numbers {
    pub rows: Rows,
    pub values: Vec<f64>,
    pub min: f64,
    pub max: f64,
    pub missing: bool,
    pub distinct: u32,
}

/// Plain texts; dense only when no row lacks one.
#[derive(Debug)]
pub(crate) struct PlainTexts {
    pub rows: Rows,
    pub texts: Texts,
    pub distinct: u32,
    pub has_times: bool,
    /// Entries of the least and the greatest text in sorting order.
    pub min: u32,
    pub max: u32,
    /// Times of the texts, NaN where there is none; made when first asked for.
    pub times: OnceLock<Vec<f64>>,
}

/// One field in rows `first..first + len` of one chunk.
#[derive(Debug)]
pub(crate) struct Column {
    pub first: u32,
    pub len: u32,
    pub coded: Option<Coded>,
    pub numbers: Option<Numbers>,
    pub times: Option<Numbers>,
    pub texts: Option<PlainTexts>,
    /// Rows that have any value.
    pub present: RowSet,
    pub present_count: u32,
}

impl Coded {
    pub fn new(dict: Dict, rows: Rows, codes: Codes) -> Coded {
        let mut counts = vec![0; dict.len() + 1];
        match &codes {
            Codes::U8(c) => {
                // Four counters apart, or equal neighbours wait for each other.
                let mut apart = [[0u32; 256]; 4];
                for (i, &code) in c.iter().enumerate() {
                    apart[i & 3][usize::from(code)] += 1;
                }
                for (code, count) in counts.iter_mut().enumerate().take(256) {
                    *count = apart.iter().map(|a| a[code]).sum();
                }
            }
            Codes::U16(c) => c.iter().for_each(|&code| counts[usize::from(code)] += 1),
        }
        Coded { dict, rows, codes, counts }
    }

    /// Calls `f(row, code)` with each entry whose row is in the set.
    #[inline]
    pub fn for_each_in(&self, first: u32, set: &RowSet, mut f: impl FnMut(u32, usize)) {
        match &self.codes {
            Codes::U8(codes) => each(&self.rows, first, codes, set, |row, code| f(row, usize::from(code))),
            Codes::U16(codes) => each(&self.rows, first, codes, set, |row, code| f(row, usize::from(code))),
        }
    }
}

impl Numbers {
    /// Calls `f(row, value)` with each entry whose row is in the set; missing ones are left out.
    #[inline]
    pub fn for_each_in(&self, first: u32, set: &RowSet, mut f: impl FnMut(u32, f64)) {
        each(&self.rows, first, &self.values, set, |row, v| {
            if !v.is_nan() {
                f(row, v);
            }
        });
    }
}

impl Numbers {
    /// Calls `f` with the values of the set's rows, many at a time, so that its loop is a tight one. Missing ones are NaN.
    pub fn in_batches(&self, first: u32, set: &RowSet, mut f: impl FnMut(&[f64])) {
        match (&self.rows, set) {
            (_, RowSet::Empty) => {}
            (_, RowSet::Full) => f(&self.values),
            (rows, set) => {
                let mut batch = Vec::with_capacity(BATCH);
                for_each_entry(rows, first, self.values.len(), set, |_, i| {
                    batch.push(self.values[i]);
                    if batch.len() == BATCH {
                        f(&batch);
                        batch.clear();
                    }
                });
                f(&batch);
            }
        }
    }
}

/// Values of a batch: small enough for the first cache.
const BATCH: usize = 1024;

impl PlainTexts {
    /// Calls `f(row, entry)` with each entry whose row is in the set.
    pub fn for_each_in(&self, first: u32, set: &RowSet, f: impl FnMut(u32, usize)) {
        for_each_entry(&self.rows, first, self.texts.len(), set, f);
    }

    pub fn times(&self) -> &[f64] {
        self.times.get_or_init(|| self.texts.times())
    }
}

impl Dict {
    /// Where a value stands in the dictionary.
    pub fn position(&self, value: &Value) -> Option<usize> {
        let number = |all: &[f64], v: f64| all.binary_search_by(|x| x.total_cmp(&v)).ok();
        match value {
            Value::Bool(b) => self.bools.iter().position(|x| x == b),
            Value::Number(n) => Some(self.numbers_start() + number(&self.numbers, *n)?),
            Value::Time(ms) => Some(self.times_start() + number(&self.times, *ms as f64)?),
            Value::Text(t) => {
                let wanted = (fold(t), t.as_str());
                let (mut low, mut high) = (0, self.texts.len());
                while low < high {
                    let middle = low + (high - low) / 2;
                    let here = (self.texts.folded(middle), self.texts.get(middle));
                    match here.cmp(&(wanted.0.as_str(), wanted.1)) {
                        std::cmp::Ordering::Less => low = middle + 1,
                        std::cmp::Ordering::Greater => high = middle,
                        std::cmp::Ordering::Equal => return Some(self.texts_start() + middle),
                    }
                }
                None
            }
        }
    }

    pub fn text_times(&self) -> &[f64] {
        self.text_times.get_or_init(|| self.texts.times())
    }
}

#[inline]
fn each<T: Copy>(rows: &Rows, first: u32, values: &[T], set: &RowSet, mut f: impl FnMut(u32, T)) {
    for_each_entry(rows, first, values.len(), set, |row, i| f(row, values[i]));
}

#[inline]
pub(crate) fn for_each_entry(rows: &Rows, first: u32, n: usize, set: &RowSet, mut f: impl FnMut(u32, usize)) {
    match (rows, set) {
        (_, RowSet::Empty) => {}
        (Rows::Dense, RowSet::Full) => (0..n).for_each(|i| f(first + i as u32, i)),
        (Rows::Dense, RowSet::Bits(bits)) => {
            let until = first + n as u32;
            let words = bits.words();
            for word in (first / 64)..until.div_ceil(64) {
                let mut w = words[word as usize];
                while w != 0 {
                    let row = word * 64 + w.trailing_zeros();
                    w &= w - 1;
                    if row >= first && row < until {
                        f(row, (row - first) as usize);
                    }
                }
            }
        }
        (Rows::List(rows), set) => {
            for (i, &row) in rows.iter().enumerate().take(n) {
                if set.has(u32::from(row)) {
                    f(u32::from(row), i);
                }
            }
        }
    }
}

impl Column {
    /// Finishes a column by finding out which rows are present.
    pub fn new(
        first: u32,
        len: u32,
        coded: Option<Coded>,
        numbers: Option<Numbers>,
        times: Option<Numbers>,
        texts: Option<PlainTexts>,
    ) -> Column {
        let mut column =
            Column { first, len, coded, numbers, times, texts, present: RowSet::Empty, present_count: 0 };
        let all = column.coded.as_ref().is_some_and(|c| c.rows == Rows::Dense && c.counts[0] == 0)
            || [&column.numbers, &column.times]
                .into_iter()
                .flatten()
                .any(|n| n.rows == Rows::Dense && !n.missing)
            || column.texts.as_ref().is_some_and(|t| t.rows == Rows::Dense);
        if all {
            column.present = RowSet::range(first, first + len);
            column.present_count = len;
            return column;
        }
        let mut bits = Bits::default();
        if let Some(c) = &column.coded {
            c.for_each_in(first, &RowSet::Full, |row, code| {
                if code > 0 {
                    bits.set(row);
                }
            });
        }
        for n in [&column.numbers, &column.times].into_iter().flatten() {
            n.for_each_in(first, &RowSet::Full, |row, _| bits.set(row));
        }
        if let Some(t) = &column.texts {
            t.for_each_in(first, &RowSet::Full, |row, _| bits.set(row));
        }
        column.present_count = bits.count();
        column.present = RowSet::of(bits);
        column
    }

    /// All values of one row, in sorting order.
    pub fn values_of(&self, row: u32) -> Vec<Value> {
        let mut one = Bits::default();
        one.set(row);
        let one = RowSet::Bits(one);
        let mut values = Vec::new();
        if let Some(c) = &self.coded {
            c.for_each_in(self.first, &one, |_, code| {
                if code > 0 {
                    values.push(c.dict.value(code - 1));
                }
            });
        }
        if let Some(n) = &self.numbers {
            n.for_each_in(self.first, &one, |_, v| values.push(Value::Number(v)));
        }
        if let Some(n) = &self.times {
            n.for_each_in(self.first, &one, |_, v| values.push(Value::Time(v as i64)));
        }
        if let Some(t) = &self.texts {
            t.for_each_in(self.first, &one, |_, i| values.push(Value::Text(t.texts.get(i).to_string())));
        }
        values.sort_by(Value::order);
        values
    }

    /// Memory held, with what may still be made on demand.
    pub fn bytes(&self) -> usize {
        let coded = self.coded.as_ref().map_or(0, |c| {
            let codes = match &c.codes {
                Codes::U8(v) => v.len(),
                Codes::U16(v) => v.len() * 2,
            };
            let dict = (c.dict.numbers.len() + c.dict.times.len() + c.dict.texts.len()) * 8;
            codes + c.rows.bytes() + dict + c.dict.texts.bytes() + c.counts.len() * 4
        });
        let numbers = [&self.numbers, &self.times].into_iter().flatten();
        let numbers: usize = numbers.map(|n| n.values.len() * 8 + n.rows.bytes()).sum();
        let texts = self.texts.as_ref().map_or(0, |t| {
            t.texts.bytes() + t.rows.bytes() + if t.has_times { t.texts.len() * 8 } else { 0 }
        });
        let present = if matches!(self.present, RowSet::Bits(_)) { 8192 } else { 0 };
        size_of::<Column>() + coded + numbers + texts + present
    }
}
