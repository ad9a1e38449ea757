//! Cutting a set of assets by the values of a field: the classes that quotas and splits are made of.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::chunk_set::{RowSet, split};
use crate::column::Column;
use crate::deal::sorted;
use crate::walk::{Parts, in_parallel};
use crate::{CHUNK, FieldKey, Kind, Library, SelectError, Value};

/// Which assets a class is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum Class {
    /// Those without the field.
    Missing,
    /// Those with any of these values, exactly.
    AnyOf(Vec<Value>),
}

/// No class.
const NONE: u16 = u16::MAX;

impl Library<'_> {
    /// Cuts a set: each asset goes to the first class that it fits, or to none. At most 65,534 classes.
    pub fn classes(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        classes: &[Class],
    ) -> Result<Vec<RoaringBitmap>, SelectError> {
        let mut names = Names::default();
        let mut missing = None;
        for (i, class) in (0..NONE).zip(classes) {
            match class {
                Class::Missing => missing = missing.or(Some(i)),
                Class::AnyOf(values) => values.iter().for_each(|value| names.add(value, i)),
            }
        }
        let mut out = self.cut(field, within, classes.len(), &names)?;
        if let Some(i) = missing {
            out[usize::from(i)] = within - self.having(field, within)?;
        }
        Ok(out)
    }

    /// The assets of a set whose least value ([`Value::order`]) is this one.
    pub fn with_least(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        value: &Value,
    ) -> Result<RoaringBitmap, SelectError> {
        let mut cut = self.cut(field, within, 2, &Beside(value))?;
        Ok(cut.swap_remove(1))
    }

    /// The assets of a set that have the field.
    pub fn having(&self, field: &FieldKey, within: &RoaringBitmap) -> Result<RoaringBitmap, SelectError> {
        let sets = split(within);
        let rows = self.walk(std::slice::from_ref(field), &self.known(&sets), |chunk, columns| {
            let present = columns[0].iter().fold(RowSet::Empty, |all, c| all.or(c.present.clone()));
            (chunk, present.and(&sets[&chunk]))
        })?;
        Ok(crate::chunk_set::join(rows))
    }

    fn cut(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        n: usize,
        class_of: &(impl ClassOf + Sync),
    ) -> Result<Vec<RoaringBitmap>, SelectError> {
        let sets = split(within);
        let mut classes: Vec<Vec<u32>> = vec![Vec::new(); n];
        self.walk_windows(
            std::slice::from_ref(field),
            &self.known(&sets),
            &|chunk, columns: &[Parts]| (chunk, rows_of_classes(&columns[0], &sets[&chunk], n, class_of)),
            |window| {
                for (chunk, rows) in window {
                    for (class, rows) in classes.iter_mut().zip(rows) {
                        class.extend(rows.into_iter().map(|row| chunk * CHUNK + u32::from(row)));
                    }
                }
                true
            },
        )?;
        let bytes = within.len() as usize * size_of::<u32>();
        Ok(in_parallel(n, bytes, |i| sorted(&classes[i])))
    }
}

/// The rows of one chunk by class, ascending.
fn rows_of_classes(parts: &Parts, set: &RowSet, n: usize, class_of: &impl ClassOf) -> Vec<Vec<u16>> {
    let mut best = vec![NONE; CHUNK as usize];
    for column in parts {
        classify(column, set, class_of, &mut best);
    }
    let mut classes = vec![Vec::new(); n];
    for (row, class) in (0..=u16::MAX).zip(best) {
        if let Some(rows) = classes.get_mut(usize::from(class)) {
            rows.push(row);
        }
    }
    classes
}

/// Lowers each row's class to the first that one of its values is of.
fn classify(column: &Column, set: &RowSet, class_of: &impl ClassOf, best: &mut [u16]) {
    let mut lower = |row: u32, class: u16| {
        let best = &mut best[row as usize];
        *best = class.min(*best);
    };
    if let Some(coded) = &column.coded {
        let dict = &coded.dict;
        let values = (0..dict.len()).map(|i| match dict.kind(i) {
            Kind::Bool => class_of.bool(dict.bools[i]),
            Kind::Number => class_of.number(dict.numbers[i - dict.numbers_start()]),
            Kind::Time => class_of.time(dict.times[i - dict.times_start()]),
            Kind::Text => class_of.text(dict.texts.get(i - dict.texts_start())),
        });
        let of_code: Vec<u16> = std::iter::once(NONE).chain(values).collect();
        if of_code.iter().any(|class| *class != NONE) {
            coded.for_each_in(column.first, set, |row, code| lower(row, of_code[code]));
        }
    }
    if let Some(numbers) = &column.numbers {
        numbers.for_each_in(column.first, set, |row, v| lower(row, class_of.number(v)));
    }
    if let Some(times) = &column.times {
        times.for_each_in(column.first, set, |row, v| lower(row, class_of.time(v)));
    }
    if let Some(texts) = &column.texts {
        texts.for_each_in(column.first, set, |row, i| lower(row, class_of.text(texts.texts.get(i))));
    }
}

/// The class of a value, or [`NONE`].
trait ClassOf {
    fn bool(&self, v: bool) -> u16;
    fn number(&self, v: f64) -> u16;
    fn time(&self, ms: f64) -> u16;
    fn text(&self, text: &str) -> u16;
}

/// Classes by their values.
#[derive(Default)]
struct Names {
    bools: [Option<u16>; 2],
    numbers: HashMap<u64, u16>,
    times: HashMap<u64, u16>,
    texts: HashMap<String, u16>,
}

impl Names {
    /// Adds a value of a class that comes after those that were added.
    fn add(&mut self, value: &Value, class: u16) {
        match value {
            Value::Bool(b) => {
                self.bools[usize::from(*b)].get_or_insert(class);
            }
            Value::Number(n) => {
                self.numbers.entry(n.to_bits()).or_insert(class);
            }
            Value::Time(ms) => {
                self.times.entry((*ms as f64).to_bits()).or_insert(class);
            }
            Value::Text(text) => {
                self.texts.entry(text.clone()).or_insert(class);
            }
        }
    }
}

impl ClassOf for Names {
    fn bool(&self, v: bool) -> u16 {
        self.bools[usize::from(v)].unwrap_or(NONE)
    }
    fn number(&self, v: f64) -> u16 {
        self.numbers.get(&v.to_bits()).copied().unwrap_or(NONE)
    }
    fn time(&self, ms: f64) -> u16 {
        self.times.get(&ms.to_bits()).copied().unwrap_or(NONE)
    }
    fn text(&self, text: &str) -> u16 {
        self.texts.get(text).copied().unwrap_or(NONE)
    }
}

/// 0 for values that come before this one, 1 for the value itself.
struct Beside<'a>(&'a Value);

impl Beside<'_> {
    fn place(&self, value: &Value) -> u16 {
        match value.order(self.0) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Greater => NONE,
        }
    }
}

impl ClassOf for Beside<'_> {
    fn bool(&self, v: bool) -> u16 {
        self.place(&Value::Bool(v))
    }
    fn number(&self, v: f64) -> u16 {
        self.place(&Value::Number(v))
    }
    fn time(&self, ms: f64) -> u16 {
        self.place(&Value::Time(ms as i64))
    }
    fn text(&self, text: &str) -> u16 {
        self.place(&Value::Text(text.to_owned()))
    }
}
