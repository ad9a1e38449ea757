//! A few rows of a column changed without making it anew: the common case of one edit, ten times faster. What it cannot
//! do it leaves alone, and what it does is byte for byte what making it anew would give.

use std::collections::BTreeMap;

use crate::column::{Coded, Codes, Column, Dict, Numbers, PlainTexts, Rows};
use crate::pairs::{MAX_CODES, NUMBERS_SHARE, TEXTS_SHARE, coded_of, worth_codes, worth_dense};
use crate::text::Texts;
use crate::{CHUNK, Value};

/// Rows up to which changing each costs less than going over the whole column once.
pub(super) const MAX_ROWS: usize = 32;

/// The column with these rows' values (each row's sorted, each once), if it is of a form that can be changed in place and
/// stays in that form: whole chunks with one group of values and at most one value a row.
pub(super) fn patched(column: &Column, new: &BTreeMap<u32, Vec<Value>>) -> Option<Column> {
    if (column.first, column.len) != (0, CHUNK) || new.values().any(|v| v.len() > 1) {
        return None;
    }
    match (&column.coded, &column.numbers, &column.times, &column.texts) {
        (Some(c), None, None, None) if c.rows == Rows::Dense => {
            Some(Column::new(0, CHUNK, Some(coded(c, new)?), None, None, None))
        }
        (None, Some(n), None, None) if n.rows == Rows::Dense => {
            Some(Column::new(0, CHUNK, None, Some(numbers(n, new)?), None, None))
        }
        (None, None, None, Some(t)) => Some(Column::new(0, CHUNK, None, None, None, Some(texts(t, new)?))),
        _ => None,
    }
}

fn coded(old: &Coded, new: &BTreeMap<u32, Vec<Value>>) -> Option<Coded> {
    let mut values: Vec<Value> = (0..old.dict.len()).map(|i| old.dict.value(i)).collect();
    let mut counts = old.counts.clone();
    let mut codes: Vec<u16> = match &old.codes {
        Codes::U8(codes) => codes.iter().map(|c| u16::from(*c)).collect(),
        Codes::U16(codes) => codes.clone(),
    };
    for (row, wanted) in new {
        let code = match wanted.first() {
            None => 0,
            Some(value) => {
                let known = values.binary_search_by(|v| v.order(value));
                let at = known.unwrap_or_else(|at| {
                    codes.iter_mut().for_each(|c| *c += u16::from(usize::from(*c) > at));
                    at
                });
                if known.is_err() {
                    if values.len() + 2 > MAX_CODES {
                        return None;
                    }
                    values.insert(at, value.clone());
                    counts.insert(at + 1, 0);
                }
                at + 1
            }
        };
        let before = std::mem::replace(&mut codes[*row as usize], code as u16);
        counts[usize::from(before)] -= 1;
        counts[code] += 1;
    }
    let unused: Vec<usize> = (0..values.len()).rev().filter(|at| counts[at + 1] == 0).collect();
    for at in unused {
        values.remove(at);
        counts.remove(at + 1);
        codes.iter_mut().for_each(|c| *c -= u16::from(usize::from(*c) > at + 1));
    }
    if !worth_dense((CHUNK - counts[0]) as usize, CHUNK) || values.is_empty() {
        return None;
    }
    let dict = dictionary(&values)?;
    let entries = |from: usize, n: usize| counts[1 + from..][..n].iter().sum::<u32>() as usize;
    let worth = |from: usize, n: usize, share: usize| worth_codes(n, entries(from, n), share);
    let stays = worth(dict.numbers_start(), dict.numbers.len(), NUMBERS_SHARE)
        && worth(dict.times_start(), dict.times.len(), NUMBERS_SHARE)
        && worth(dict.texts_start(), dict.texts.len(), TEXTS_SHARE)
        && 2 + dict.numbers.len() + dict.times.len() + dict.texts.len() <= MAX_CODES;
    stays.then(|| coded_of(dict, Rows::Dense, codes))
}

/// The dictionary of sorted values.
fn dictionary(values: &[Value]) -> Option<Dict> {
    let mut dict = Dict::default();
    let mut texts = Vec::new();
    for value in values {
        match value {
            Value::Bool(b) => dict.bools.push(*b),
            Value::Number(n) => dict.numbers.push(*n),
            Value::Time(ms) => dict.times.push(*ms as f64),
            Value::Text(t) => texts.push(t.as_str()),
        }
    }
    dict.texts = Texts::from_texts(texts)?;
    Some(dict)
}

fn numbers(old: &Numbers, new: &BTreeMap<u32, Vec<Value>>) -> Option<Numbers> {
    let mut values = old.values.clone();
    let mut distinct = old.distinct;
    let many = |values: &[f64], v: f64| values.iter().filter(|x| x.to_bits() == v.to_bits()).count();
    for (row, wanted) in new {
        let value = match wanted.first() {
            None => f64::NAN,
            Some(Value::Number(n)) => *n,
            Some(_) => return None,
        };
        let before = values[*row as usize];
        if !before.is_nan() {
            distinct -= u32::from(many(&values, before) == 1);
        }
        if !value.is_nan() {
            values[*row as usize] = f64::NAN;
            distinct += u32::from(many(&values, value) == 0);
        }
        values[*row as usize] = value;
    }
    let n = values.iter().filter(|v| !v.is_nan()).count();
    let stays = worth_dense(n, CHUNK) && !worth_codes(distinct as usize, n, NUMBERS_SHARE);
    stays.then(|| Numbers::new(Rows::Dense, values, distinct))
}

/// Texts keep their rows: one may change, none may come or go.
fn texts(old: &PlainTexts, new: &BTreeMap<u32, Vec<Value>>) -> Option<PlainTexts> {
    let mut distinct = old.distinct;
    let mut changed: BTreeMap<usize, &str> = BTreeMap::new();
    for (row, wanted) in new {
        let entry = match &old.rows {
            Rows::Dense => *row as usize,
            Rows::List(rows) => {
                let from = rows.partition_point(|r| u32::from(*r) < *row);
                let until = rows.partition_point(|r| u32::from(*r) <= *row);
                match (until - from, wanted.is_empty()) {
                    (0, true) => continue,
                    (1, false) => from,
                    _ => return None,
                }
            }
        };
        let Some(Value::Text(text)) = wanted.first() else { return None };
        let now = |i: usize| changed.get(&i).copied().unwrap_or_else(|| old.texts.get(i));
        let before = now(entry);
        if before != text.as_str() {
            let many = |wanted: &str| (0..old.texts.len()).filter(|i| now(*i) == wanted).count();
            let (last, known) = (many(before) == 1, many(text) > 0);
            distinct = distinct - u32::from(last) + u32::from(!known);
            changed.insert(entry, text);
        }
    }
    let now = |i: usize| changed.get(&i).copied().unwrap_or_else(|| old.texts.get(i));
    let texts = Texts::from_texts((0..old.texts.len()).map(now))?;
    let stays = !worth_codes(distinct as usize, texts.len(), TEXTS_SHARE);
    let rows = match &old.rows {
        Rows::Dense => Rows::Dense,
        Rows::List(rows) => Rows::List(rows.clone()),
    };
    stays.then(|| PlainTexts::new(rows, texts, distinct))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rewritten;
    use super::*;
    use crate::pairs::Pairs;
    use crate::{FieldKey, codec};

    /// Values of a whole chunk in each of the forms, at the borders between them too.
    fn value(form: usize, row: u32) -> Option<Value> {
        let scattered = row.wrapping_mul(2_654_435_761) >> 8;
        match form {
            0 => Some(Value::Text(["rain", "Rain", "snow"][row as usize % 3].into())),
            1 => (!row.is_multiple_of(3)).then(|| Value::Number(f64::from(row % 255))),
            2 => Some(if row.is_multiple_of(2) {
                Value::Bool(true)
            } else {
                Value::Text(format!("t{}", row % 300))
            }),
            3 => (row != 5).then(|| Value::Number(f64::from(scattered) / 1000.0)),
            4 => Some(Value::Number(f64::from(row / 4 % 16_383))),
            5 => Some(Value::Text(format!("Name {}", scattered % 40_000))),
            6 => row.is_multiple_of(4).then(|| Value::Text(format!("n{}", row / 4))),
            7 => row.is_multiple_of(4).then(|| Value::Number(f64::from(row))),
            _ => Some(Value::Time(i64::from(row % 7) * 1000)),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn the_bytes_are_those_of_a_column_made_anew(
            form in 0usize..9,
            edits in proptest::collection::vec((0u32..CHUNK, 0usize..10, any::<u32>()), 1..6),
        ) {
            let field = FieldKey::meta("f");
            let mut pairs = Pairs::default();
            for row in 0..CHUNK {
                value(form, row).iter().for_each(|v| pairs.push_value(row as u16, v));
            }
            let mut column = pairs.into_column(&field, 0, 0, CHUNK).unwrap().unwrap();
            let mut changed_in_place = 0;
            for (row, other, n) in edits {
                // Mostly another row's value, at times one of another form, one that nobody has, or none.
                let new = match other {
                    0 => None,
                    9 => Some(Value::Text(format!("new {n}"))),
                    8 => value(n as usize % 9, n % CHUNK),
                    _ => value(form, n % CHUNK),
                };
                let row = if other == 7 { row / 4 * 4 } else { row };
                let new = BTreeMap::from([(row, Vec::from_iter(new))]);
                let rows: Vec<(u32, Vec<Value>)> = new.clone().into_iter().collect();
                let anew = rewritten(&field, 0, 0, CHUNK, Some(&column), rows.iter()).unwrap().unwrap();
                if let Some(patched) = patched(&column, &new) {
                    changed_in_place += 1;
                    prop_assert_eq!(codec::encode(&patched), codec::encode(&anew), "{:?}", new);
                }
                column = anew;
            }
            prop_assert!(changed_in_place > 0 || form > 0, "an edit of a few values is done in place");
        }
    }
}
