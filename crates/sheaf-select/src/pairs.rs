//! The values of one field in one range of rows as loose pairs, and how they become a [`Column`].
//!
//! Everything that makes a column goes through here: facts, merged parts of the tail, patched blocks.

use foldhash::HashMap;

use crate::column::{Coded, Codes, Column, Dict, Numbers, PlainTexts, Rows};
use crate::facts::{MAX_VALUES, Raw};
use crate::text::Texts;
use crate::value::{fold, nfc};
use crate::{FieldKey, SelectError, Value, parse_time};

/// Up to this many different values are always worth a dictionary.
const ALWAYS_CODED: usize = 250;
/// Codes are 16 bits wide and 0 means missing.
pub(crate) const MAX_CODES: usize = 65_535;
/// Numbers (and times) and texts are worth a dictionary when each value occurs this often.
pub(crate) const NUMBERS_SHARE: usize = 4;
pub(crate) const TEXTS_SHARE: usize = 2;
/// Bytes of text that one block may hold; offsets are 32 bits wide.
const MAX_TEXT: u64 = 1 << 30;

#[derive(Debug, Default)]
pub(crate) struct Pairs {
    bools: Vec<(u16, bool)>,
    numbers: Vec<(u16, f64)>,
    times: Vec<(u16, f64)>,
    texts: Vec<(u16, u32)>,
    interned: HashMap<Box<str>, u32>,
    text_bytes: u64,
    /// The last row pushed to and how many values it has got, to stop at [`MAX_VALUES`].
    last: Option<(u16, usize)>,
}

impl Pairs {
    pub fn is_empty(&self) -> bool {
        self.bools.is_empty() && self.numbers.is_empty() && self.times.is_empty() && self.texts.is_empty()
    }

    /// Adds a value; rows must not go down.
    pub fn push(&mut self, row: u16, raw: Raw<'_>) {
        match &mut self.last {
            Some((last, n)) if *last == row => {
                if *n >= MAX_VALUES {
                    return;
                }
                *n += 1;
            }
            last => *last = Some((row, 1)),
        }
        match raw {
            Raw::Bool(b) => self.bools.push((row, b)),
            Raw::Number(n) => self.numbers.push((row, n + 0.0)),
            Raw::Time(ms) => self.times.push((row, ms as f64)),
            Raw::Text(t) => {
                let id = self.intern(&nfc(t));
                self.texts.push((row, id));
            }
        }
    }

    /// Takes back the values of the last row, if it is this one.
    pub fn undo(&mut self, row: u16) {
        fn cut<T>(pairs: &mut Vec<(u16, T)>, row: u16) {
            while pairs.last().is_some_and(|p| p.0 == row) {
                pairs.pop();
            }
        }
        cut(&mut self.bools, row);
        cut(&mut self.numbers, row);
        cut(&mut self.times, row);
        cut(&mut self.texts, row);
        self.last = None;
    }

    /// Adds a value that is known to be within the limits.
    pub fn push_value(&mut self, row: u16, value: &Value) {
        let raw = match value {
            Value::Bool(b) => Raw::Bool(*b),
            Value::Number(n) => Raw::Number(*n),
            Value::Time(ms) => Raw::Time(*ms),
            Value::Text(t) => Raw::Text(t),
        };
        self.push(row, raw);
    }

    fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.interned.get(text) {
            return *id;
        }
        let id = self.interned.len() as u32;
        self.text_bytes += text.len() as u64;
        self.interned.insert(text.into(), id);
        id
    }

    /// Adds all that a column holds, but for the rows that `skip` names. Columns come in the order of their rows.
    pub fn add_column(&mut self, column: &Column, skip: impl Fn(u32) -> bool) {
        if let Some(c) = &column.coded {
            let ids: Vec<u32> = c.dict.texts.iter().map(|t| self.intern(t)).collect();
            let (numbers, times, texts) =
                (c.dict.numbers_start(), c.dict.times_start(), c.dict.texts_start());
            for i in 0..c.codes.len() {
                let (row, code) = (c.rows.row(column.first, i), c.codes.get(i));
                if code == 0 || skip(row) {
                    continue;
                }
                let (row, value) = (row as u16, code - 1);
                if value >= texts {
                    self.texts.push((row, ids[value - texts]));
                } else if value >= times {
                    self.times.push((row, c.dict.times[value - times]));
                } else if value >= numbers {
                    self.numbers.push((row, c.dict.numbers[value - numbers]));
                } else {
                    self.bools.push((row, c.dict.bools[value]));
                }
            }
        }
        for (from, to) in [(&column.numbers, &mut self.numbers), (&column.times, &mut self.times)] {
            if let Some(n) = from {
                for (i, v) in n.values.iter().enumerate() {
                    let row = n.rows.row(column.first, i);
                    if !v.is_nan() && !skip(row) {
                        to.push((row as u16, *v));
                    }
                }
            }
        }
        if let Some(t) = &column.texts {
            for i in 0..t.texts.len() {
                let row = t.rows.row(column.first, i);
                if !skip(row) {
                    let id = self.intern(t.texts.get(i));
                    self.texts.push((row as u16, id));
                }
            }
        }
    }

    /// The column of rows `first..first + len`; `None` when there is no value.
    pub fn into_column(
        mut self,
        field: &FieldKey,
        chunk: u32,
        first: u32,
        len: u32,
    ) -> Result<Option<Column>, SelectError> {
        if self.is_empty() {
            return Ok(None);
        }
        // A column may hold both coded and plain entries of a row, pushed at different times: order them by row.
        self.bools.sort_unstable();
        self.bools.dedup();
        sort_numbers(&mut self.numbers);
        sort_numbers(&mut self.times);
        let mut numbers = distinct(&self.numbers);
        let mut times = distinct(&self.times);
        let mut text_pairs = std::mem::take(&mut self.texts);
        let (texts, ranks) = self.sorted_texts(&text_pairs);
        for (_, id) in &mut text_pairs {
            *id = ranks[*id as usize];
        }
        if !text_pairs.is_sorted() {
            text_pairs.sort();
        }
        text_pairs.dedup();

        let code_numbers = worth_codes(numbers.len(), self.numbers.len(), NUMBERS_SHARE);
        let code_times = worth_codes(times.len(), self.times.len(), NUMBERS_SHARE);
        let fits = 2
            + if code_numbers { numbers.len() } else { 0 }
            + if code_times { times.len() } else { 0 }
            + texts.len()
            <= MAX_CODES;
        let code_texts = fits && worth_codes(texts.len(), text_pairs.len(), TEXTS_SHARE);

        let too_large = |bytes: u64| SelectError::TooLarge { field: field.to_string(), chunk, bytes };
        let texts_plain = if code_texts || text_pairs.is_empty() {
            None
        } else {
            let bytes: u64 = text_pairs.iter().map(|(_, rank)| texts[*rank as usize].len() as u64).sum();
            if bytes > MAX_TEXT {
                return Err(too_large(bytes));
            }
            Some(plain_texts(&text_pairs, &texts, first, len).ok_or_else(|| too_large(bytes))?)
        };
        let numbers_plain = (!code_numbers).then(|| plain_numbers(&self.numbers, numbers.len(), first, len));
        let times_plain = (!code_times).then(|| plain_numbers(&self.times, times.len(), first, len));

        let mut entries: Vec<(u16, u16)> = Vec::new();
        let mut dict = Dict::default();
        let mut bools: Vec<bool> = self.bools.iter().map(|b| b.1).collect();
        bools.sort_unstable();
        bools.dedup();
        let mut start = 1;
        for (row, b) in &self.bools {
            entries.push((*row, code(start, bools.iter().position(|x| x == b))));
        }
        start += bools.len();
        dict.bools = bools;
        for (coded, values, distinct, into) in [
            (code_numbers, &self.numbers, &mut numbers, &mut dict.numbers),
            (code_times, &self.times, &mut times, &mut dict.times),
        ] {
            if coded {
                for (row, v) in values {
                    entries.push((*row, code(start, distinct.binary_search_by(|d| d.total_cmp(v)).ok())));
                }
                start += distinct.len();
                *into = std::mem::take(distinct);
            }
        }
        if code_texts {
            if self.text_bytes > MAX_TEXT {
                return Err(too_large(self.text_bytes));
            }
            entries.extend(text_pairs.iter().map(|(row, rank)| (*row, code(start, Some(*rank as usize)))));
            dict.texts =
                Texts::from_texts(texts.iter().copied()).ok_or_else(|| too_large(self.text_bytes))?;
        }
        let coded = (!entries.is_empty()).then(|| {
            if !entries.is_sorted() {
                entries.sort();
            }
            coded(dict, &entries, first, len)
        });
        Ok(Some(Column::new(first, len, coded, numbers_plain, times_plain, texts_plain)))
    }

    /// The different texts in sorting order, and the place of each interned one among them.
    fn sorted_texts(&self, used_by: &[(u16, u32)]) -> (Vec<&str>, Vec<u32>) {
        let mut used = vec![false; self.interned.len()];
        used_by.iter().for_each(|(_, id)| used[*id as usize] = true);
        let folds_itself = |t: &str| t.is_ascii() && !t.bytes().any(|b| b.is_ascii_uppercase());
        let mut texts: Vec<(&str, u32)> = self.interned.iter().map(|(t, id)| (t.as_ref(), *id)).collect();
        texts.retain(|(_, id)| used[*id as usize]);
        if texts.iter().all(|(t, _)| folds_itself(t)) {
            texts.sort_unstable();
        } else {
            let mut keyed: Vec<(String, &str, u32)> =
                texts.iter().map(|(t, id)| (fold(t), *t, *id)).collect();
            keyed.sort_unstable();
            texts = keyed.into_iter().map(|(_, t, id)| (t, id)).collect();
        }
        let mut ranks = vec![0; self.interned.len()];
        for (rank, (_, id)) in texts.iter().enumerate() {
            ranks[*id as usize] = rank as u32;
        }
        (texts.into_iter().map(|(t, _)| t).collect(), ranks)
    }
}

fn code(start: usize, index: Option<usize>) -> u16 {
    index.map_or(0, |i| (start + i) as u16)
}

fn sort_numbers(pairs: &mut Vec<(u16, f64)>) {
    let order = |a: &(u16, f64), b: &(u16, f64)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1));
    if !pairs.is_sorted_by(|a, b| order(a, b).is_le()) {
        // Stable, as that is fast when a few new rows follow many sorted ones.
        pairs.sort_by(order);
    }
    pairs.dedup();
}

fn distinct(pairs: &[(u16, f64)]) -> Vec<f64> {
    let mut values: Vec<f64> = pairs.iter().map(|p| p.1).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values
}

/// Whether so many different values among so many entries are better kept as a dictionary and codes.
pub(crate) fn worth_codes(distinct: usize, entries: usize, share: usize) -> bool {
    distinct <= ALWAYS_CODED || (distinct * share <= entries && distinct <= MAX_CODES / 2)
}

/// Whether so many entries, at most one a row, are better kept as one for every row of the column.
pub(crate) fn worth_dense(n: usize, len: u32) -> bool {
    n as u64 * 4 >= u64::from(len) && n as u64 <= u64::from(len)
}

/// Whether entries of these rows (ascending) are better kept as one for every row of the column.
fn dense(rows: impl Iterator<Item = u16> + Clone, n: usize, len: u32) -> bool {
    worth_dense(n, len) && rows.clone().zip(rows.skip(1)).all(|(a, b)| a < b)
}

fn coded(dict: Dict, entries: &[(u16, u16)], first: u32, len: u32) -> Coded {
    let rows = entries.iter().map(|e| e.0);
    let (rows, codes) = if dense(rows.clone(), entries.len(), len) {
        let mut codes = vec![0u16; len as usize];
        for (row, code) in entries {
            codes[(u32::from(*row) - first) as usize] = *code;
        }
        (Rows::Dense, codes)
    } else {
        (Rows::List(rows.collect()), entries.iter().map(|e| e.1).collect())
    };
    coded_of(dict, rows, codes)
}

/// Codes as narrow as their dictionary allows.
pub(crate) fn coded_of(dict: Dict, rows: Rows, codes: Vec<u16>) -> Coded {
    let codes = if dict.len() <= usize::from(u8::MAX) {
        Codes::U8(codes.into_iter().map(|c| c as u8).collect())
    } else {
        Codes::U16(codes)
    };
    Coded::new(dict, rows, codes)
}

fn plain_numbers(pairs: &[(u16, f64)], distinct: usize, first: u32, len: u32) -> Numbers {
    let rows = pairs.iter().map(|p| p.0);
    let (rows, values) = if dense(rows.clone(), pairs.len(), len) {
        let mut values = vec![f64::NAN; len as usize];
        for (row, v) in pairs {
            values[(u32::from(*row) - first) as usize] = *v;
        }
        (Rows::Dense, values)
    } else {
        (Rows::List(rows.collect()), pairs.iter().map(|p| p.1).collect())
    };
    Numbers::new(rows, values, distinct as u32)
}

impl Numbers {
    pub fn new(rows: Rows, values: Vec<f64>, distinct: u32) -> Numbers {
        let (mut min, mut max, mut missing) = (f64::INFINITY, f64::NEG_INFINITY, false);
        for &v in &values {
            // f64::min and max ignore NaN.
            min = min.min(v);
            max = max.max(v);
            missing |= v.is_nan();
        }
        Numbers { rows, values, min, max, missing, distinct }
    }
}

fn plain_texts(entries: &[(u16, u32)], sorted: &[&str], first: u32, len: u32) -> Option<PlainTexts> {
    let rows: Vec<u16> = entries.iter().map(|e| e.0).collect();
    let all = rows.len() == len as usize && rows.iter().zip(first..).all(|(a, b)| u32::from(*a) == b);
    let rows = if all { Rows::Dense } else { Rows::List(rows) };
    let texts = Texts::from_texts(entries.iter().map(|(_, rank)| sorted[*rank as usize]))?;
    PlainTexts::new(rows, texts, sorted.len() as u32)
}

impl PlainTexts {
    /// `None` when there is no text.
    pub fn new(rows: Rows, texts: Texts, distinct: u32) -> Option<PlainTexts> {
        let has_times = texts.iter().any(|t| parse_time(t).is_some());
        let by_rank = |a: &u32, b: &u32| {
            let key = |i: &u32| (texts.folded(*i as usize), texts.get(*i as usize));
            key(a).cmp(&key(b))
        };
        let min = (0..texts.len() as u32).min_by(by_rank)?;
        let max = (0..texts.len() as u32).max_by(by_rank)?;
        Some(PlainTexts { rows, texts, distinct, has_times, min, max, times: Default::default() })
    }
}
