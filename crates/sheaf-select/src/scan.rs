//! The kernels: which rows of a column pass a test.

use memchr::memmem;

use crate::chunk_set::{Bits, RowSet};
use crate::column::{Coded, Codes, Column, Numbers, PlainTexts, Rows, for_each_entry};
use crate::matcher::{Matcher, NumberTest, TextTest, above, below};

/// Below this many candidates a text is looked at row by row instead of all at once.
const FEW: u32 = 4096;

impl Column {
    /// Adds the rows that pass to `found`. `among` says which rows matter: others may be left out, never rows that it
    /// holds.
    pub fn scan(&self, test: &Matcher, among: &RowSet, found: &mut Bits) {
        if test.any {
            match &self.present {
                RowSet::Empty => {}
                RowSet::Full => found.set_range(0, crate::CHUNK),
                RowSet::Bits(bits) => found.or(bits),
            }
            return;
        }
        if let Some(coded) = &self.coded {
            scan_coded(coded, self.first, test, found);
        }
        if let Some(numbers) = &self.numbers {
            scan_numbers(numbers, self.first, &test.numbers, found);
        }
        if let (Some(times), Some((low, high))) = (&self.times, test.times.and_then(closed)) {
            scan_numbers(times, self.first, &NumberTest::Range(low, high), found);
        }
        if let Some(texts) = &self.texts {
            scan_texts(texts, self.first, test, among, found);
        }
    }
}

/// Whole milliseconds `from..until` as a closed range of floats; every time that is kept is a whole number.
fn closed((from, until): (i64, i64)) -> Option<(f64, f64)> {
    (from < until).then(|| {
        let low = if from == i64::MIN { f64::NEG_INFINITY } else { from as f64 };
        (low, if until == i64::MAX { f64::INFINITY } else { (until - 1) as f64 })
    })
}

/// Adds the rows of entries whose value passes.
#[inline]
fn scan_entries<T: Copy>(
    values: &[T],
    rows: &Rows,
    first: u32,
    found: &mut Bits,
    passes: impl Fn(T) -> bool,
) {
    match rows {
        Rows::List(rows) => {
            for (row, value) in rows.iter().zip(values) {
                if passes(*value) {
                    found.set(u32::from(*row));
                }
            }
        }
        Rows::Dense => {
            let mut blocks = values.chunks_exact(64);
            let mut position = first;
            for block in &mut blocks {
                // One byte for each value, which the compiler does with vectors; then eight bytes to eight bits.
                let mut flags = [0u8; 64];
                for (flag, value) in flags.iter_mut().zip(block) {
                    *flag = u8::from(passes(*value));
                }
                let mut mask = 0u64;
                for (i, eight) in flags.chunks_exact(8).enumerate() {
                    let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
                    mask |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
                }
                found.or_mask(position, mask);
                position += 64;
            }
            for (i, value) in blocks.remainder().iter().enumerate() {
                if passes(*value) {
                    found.set(position + i as u32);
                }
            }
        }
    }
}

fn scan_numbers(numbers: &Numbers, first: u32, test: &NumberTest, found: &mut Bits) {
    let (values, rows) = (&numbers.values, &numbers.rows);
    match test {
        NumberTest::None => {}
        NumberTest::Range(low, high) => {
            let (low, high) = (*low, *high);
            if numbers.max < low || numbers.min > high || low > high {
                return;
            }
            if numbers.min >= low && numbers.max <= high && !numbers.missing && *rows == Rows::Dense {
                found.set_range(first, first + values.len() as u32);
                return;
            }
            if low <= numbers.min {
                scan_entries(values, rows, first, found, |v| v <= high);
            } else if high >= numbers.max {
                scan_entries(values, rows, first, found, |v| v >= low);
            } else {
                scan_entries(values, rows, first, found, |v| (v >= low) & (v <= high));
            }
        }
        test => scan_entries(values, rows, first, found, |v| test.passes(v)),
    }
}

/// Runs of consecutive codes whose values pass.
fn passing_codes(coded: &Coded, test: &Matcher) -> Vec<(u16, u16)> {
    let dict = &coded.dict;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut add = |from: usize, until: usize| {
        if from < until {
            match runs.last_mut() {
                Some(last) if last.1 == from => last.1 = until,
                _ => runs.push((from, until)),
            }
        }
    };
    if let Some(wanted) = test.boolean {
        dict.bools.iter().enumerate().filter(|(_, b)| **b == wanted).for_each(|(i, _)| add(i, i + 1));
    }
    let start = dict.numbers_start();
    match &test.numbers {
        NumberTest::None => {}
        NumberTest::Range(low, high) => {
            let from = dict.numbers.partition_point(|v| v < low);
            let until = dict.numbers.partition_point(|v| v <= high);
            add(start + from, start + until);
        }
        test => {
            let passing = dict.numbers.iter().enumerate().filter(|(_, v)| test.passes(**v));
            passing.for_each(|(i, _)| add(start + i, start + i + 1));
        }
    }
    let span = test.times.and_then(closed);
    if let Some((low, high)) = span {
        let from = dict.times.partition_point(|v| *v < low);
        let until = dict.times.partition_point(|v| *v <= high);
        add(dict.times_start() + from, dict.times_start() + until);
    }
    let (start, n) = (dict.texts_start(), dict.texts.len());
    let point = |passes: &dyn Fn(&str) -> bool| partition_point(n, |i| passes(dict.texts.folded(i)));
    match (&test.texts, span) {
        (_, Some((low, high))) if n > 0 => {
            let times = dict.text_times();
            for (i, time) in times.iter().enumerate() {
                if (*time >= low && *time <= high)
                    || test.texts.passes(dict.texts.get(i), dict.texts.folded(i))
                {
                    add(start + i, start + i + 1);
                }
            }
        }
        (TextTest::None, _) => {}
        (TextTest::Equals(t), _) => {
            let from = point(&|x| x < t.as_str());
            let until = point(&|x| x <= t.as_str());
            add(start + from, start + until);
        }
        (TextTest::Range(low, high), _) => {
            let from = point(&|x| !above(low, x));
            let until = point(&|x| below(high, x));
            add(start + from, start + until);
        }
        (texts, _) => {
            for i in 0..n {
                if texts.passes(dict.texts.get(i), dict.texts.folded(i)) {
                    add(start + i, start + i + 1);
                }
            }
        }
    }
    runs.into_iter().map(|(from, until)| (from as u16 + 1, until as u16)).collect()
}

fn partition_point(n: usize, passes: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if passes(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn scan_coded(coded: &Coded, first: u32, test: &Matcher, found: &mut Bits) {
    // Runs are closed: from code `a` to code `b`.
    let runs = passing_codes(coded, test);
    match runs.as_slice() {
        [] => {}
        [(1, last)] if usize::from(*last) == coded.dict.len() && coded.counts[0] == 0 => match &coded.rows {
            Rows::Dense => found.set_range(first, first + coded.codes.len() as u32),
            Rows::List(rows) => rows.iter().for_each(|row| found.set(u32::from(*row))),
        },
        runs if runs.len() <= 4 => {
            for &(a, b) in runs {
                match &coded.codes {
                    Codes::U8(codes) => {
                        let (a, n) = (a as u8, (b - a) as u8);
                        scan_entries(codes, &coded.rows, first, found, |c| c.wrapping_sub(a) <= n);
                    }
                    Codes::U16(codes) => {
                        let n = b - a;
                        scan_entries(codes, &coded.rows, first, found, |c| c.wrapping_sub(a) <= n);
                    }
                }
            }
        }
        runs => {
            let mut passing = vec![false; coded.dict.len() + 1];
            for &(a, b) in runs {
                passing[usize::from(a)..=usize::from(b)].fill(true);
            }
            match &coded.codes {
                Codes::U8(codes) => {
                    scan_entries(codes, &coded.rows, first, found, |c| passing[usize::from(c)]);
                }
                Codes::U16(codes) => {
                    scan_entries(codes, &coded.rows, first, found, |c| passing[usize::from(c)]);
                }
            }
        }
    }
}

fn scan_texts(plain: &PlainTexts, first: u32, test: &Matcher, among: &RowSet, found: &mut Bits) {
    let texts = &plain.texts;
    if let (Some((low, high)), true) = (test.times.and_then(closed), plain.has_times) {
        scan_entries(plain.times(), &plain.rows, first, found, |v| (v >= low) & (v <= high));
    }
    let (min, max) = (texts.folded(plain.min as usize), texts.folded(plain.max as usize));
    match &test.texts {
        TextTest::None => {}
        TextTest::Equals(t) if t.as_str() < min || t.as_str() > max => {}
        TextTest::Range(low, high) if !below(high, min) || !above(low, max) => {}
        TextTest::Contains(part) if part.is_empty() => {
            for_each_entry(&plain.rows, first, texts.len(), &RowSet::Full, |row, _| found.set(row));
        }
        TextTest::Contains(part) if among_is_large(among) => scan_contains(plain, first, part, found),
        TextTest::Equals(wanted) => {
            let (blob, offsets) = texts.folded_parts();
            for (i, w) in offsets.windows(2).enumerate() {
                let (from, until) = (w[0] as usize, w[1] as usize);
                if until - from == wanted.len() && blob.as_bytes().get(from..until) == Some(wanted.as_bytes())
                {
                    found.set(plain.rows.row(first, i));
                }
            }
        }
        test => for_each_entry(&plain.rows, first, texts.len(), among, |row, i| {
            if test.passes(texts.get(i), texts.folded(i)) {
                found.set(row);
            }
        }),
    }
}

fn among_is_large(among: &RowSet) -> bool {
    matches!(among, RowSet::Full) || among.count() > FEW
}

/// One search over all the texts; a hit that reaches over the end of its text is none.
fn scan_contains(plain: &PlainTexts, first: u32, part: &str, found: &mut Bits) {
    let (blob, offsets) = plain.texts.folded_parts();
    let (haystack, n) = (blob.as_bytes(), plain.texts.len());
    let finder = memmem::Finder::new(part);
    let (mut at, mut entry) = (0, 0);
    while let Some(hit) = haystack.get(at..).and_then(|rest| finder.find(rest)) {
        let hit = at + hit;
        // Entries are found in order; hits are mostly far apart or in neighbours.
        let mut step = 1;
        while entry + step < n && offsets[entry + step] as usize <= hit {
            entry += step;
            step *= 2;
        }
        while step > 0 {
            while entry + step < n && offsets[entry + step] as usize <= hit {
                entry += step;
            }
            step /= 2;
        }
        let end = offsets[entry + 1] as usize;
        if hit + part.len() <= end {
            found.set(plain.rows.row(first, entry));
            at = end;
        } else {
            at = hit + 1;
        }
    }
}
