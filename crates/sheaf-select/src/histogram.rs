//! Histograms of a numeric or time field within a set of assets, with edges that people would choose.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::chunk_set::{RowSet, split};
use crate::column::{Column, Numbers};
use crate::facet::coded_counts;
use crate::{FieldKey, Kind, Library, SelectError};

/// Buckets that one may ask for.
const MAX_BUCKETS: usize = 1000;

/// Values `from <= v < to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    pub from: f64,
    pub to: f64,
    pub count: u64,
}

/// Of numbers, or of times in milliseconds since the Unix epoch when the field holds no numbers within the set; text
/// that reads as a time counts as one. An asset with several values counts once for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// `Number` or `Time`.
    pub kind: Kind,
    pub min: f64,
    pub max: f64,
    pub buckets: Vec<Bucket>,
}

impl Library<'_> {
    /// Equal buckets, at most two more than asked for; `None` when no asset of the set has a number or time in the field.
    pub fn histogram(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        buckets: usize,
    ) -> Result<Option<Histogram>, SelectError> {
        let chunks = split(within);
        let known = self.known(&chunks);
        let fields = std::slice::from_ref(field);
        for kind in [Kind::Number, Kind::Time] {
            let spans = self.walk(fields, &known, |chunk, columns| {
                let each = columns[0].iter().map(|column| span(column, &chunks[&chunk], kind));
                each.fold(NOTHING, join)
            })?;
            let (min, max) = spans.into_iter().fold(NOTHING, join);
            if min > max {
                continue;
            }
            let edges = edges(kind, min, max, buckets.clamp(1, MAX_BUCKETS));
            let counts = self.counts_between(field, &chunks, kind, &edges)?;
            let buckets = edges.windows(2).zip(counts);
            let buckets = buckets.map(|(edge, count)| Bucket { from: edge[0], to: edge[1], count });
            return Ok(Some(Histogram { kind, min, max, buckets: buckets.collect() }));
        }
        Ok(None)
    }

    /// How many of another set are in each bucket of a histogram that holds the set.
    pub fn histogram_counts(
        &self,
        field: &FieldKey,
        within: &RoaringBitmap,
        histogram: &Histogram,
    ) -> Result<Vec<u64>, SelectError> {
        let edges = histogram.buckets.first().map(|bucket| bucket.from).into_iter();
        let edges: Vec<f64> = edges.chain(histogram.buckets.iter().map(|bucket| bucket.to)).collect();
        self.counts_between(field, &split(within), histogram.kind, &edges)
    }

    fn counts_between(
        &self,
        field: &FieldKey,
        chunks: &BTreeMap<u32, RowSet>,
        kind: Kind,
        edges: &[f64],
    ) -> Result<Vec<u64>, SelectError> {
        let none = vec![0u64; edges.len().saturating_sub(1)];
        let counts = self.walk(std::slice::from_ref(field), &self.known(chunks), |chunk, columns| {
            let mut counts = none.clone();
            for column in &columns[0] {
                count(column, &chunks[&chunk], kind, edges, &mut counts);
            }
            counts
        })?;
        Ok(counts.into_iter().fold(none.clone(), |mut all, some| {
            all.iter_mut().zip(some).for_each(|(a, b)| *a += b);
            all
        }))
    }
}

const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

fn join(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0.min(b.0), a.1.max(b.1))
}

/// The coded values of a kind by code, NaN for the others.
fn coded_values(column: &Column, kind: Kind) -> Option<Vec<f64>> {
    let dict = &column.coded.as_ref()?.dict;
    let mut values = vec![f64::NAN; dict.len() + 1];
    match kind {
        Kind::Number => {
            values[1 + dict.numbers_start()..][..dict.numbers.len()].copy_from_slice(&dict.numbers)
        }
        _ => {
            values[1 + dict.times_start()..][..dict.times.len()].copy_from_slice(&dict.times);
            values[1 + dict.texts_start()..].copy_from_slice(dict.text_times());
        }
    }
    Some(values)
}

fn plain(column: &Column, kind: Kind) -> Option<&Numbers> {
    if kind == Kind::Number { column.numbers.as_ref() } else { column.times.as_ref() }
}

/// Calls `f(values, n)` with the values of the kind within the set, each of which occurs `n` times there; those that
/// are NaN do not count.
fn for_each(column: &Column, set: &RowSet, kind: Kind, mut f: impl FnMut(&[f64], u64)) {
    let coded = column.coded.as_ref().zip(coded_values(column, kind));
    if let Some((coded, values)) = coded.filter(|(_, values)| values.iter().any(|v| !v.is_nan())) {
        for (value, n) in values.into_iter().zip(coded_counts(column, coded, set)) {
            if n > 0 {
                f(&[value], u64::from(n));
            }
        }
    }
    if let Some(numbers) = plain(column, kind) {
        numbers.in_batches(column.first, set, |values| f(values, 1));
    }
    if let (Kind::Time, Some(texts)) = (kind, column.texts.as_ref().filter(|t| t.has_times)) {
        let times = texts.times();
        texts.for_each_in(column.first, set, |_, i| f(&times[i..=i], 1));
    }
}

fn span(column: &Column, set: &RowSet, kind: Kind) -> (f64, f64) {
    if column.present.count_both(set) == column.present_count
        && column.coded.is_none()
        && kind == Kind::Number
    {
        return column.numbers.as_ref().map_or(NOTHING, |n| (n.min, n.max));
    }
    let mut span = NOTHING;
    // The least and the greatest of a float and NaN are the float.
    for_each(column, set, kind, |values, _| span = values.iter().fold(span, |span, v| join(span, (*v, *v))));
    span
}

fn count(column: &Column, set: &RowSet, kind: Kind, edges: &[f64], counts: &mut [u64]) {
    let (first, last) = (edges[0], counts.len() - 1);
    let per_unit = counts.len() as f64 / (edges[edges.len() - 1] - first);
    for_each(column, set, kind, |values, n| {
        for &v in values {
            if v.is_nan() {
                continue;
            }
            // The guess may be one off at an edge; the edges themselves decide, so that a query for them gives this count.
            let mut i = (((v - first) * per_unit) as i32 as usize).min(last);
            while i > 0 && v < edges[i] {
                i -= 1;
            }
            while i < last && v >= edges[i + 1] {
                i += 1;
            }
            counts[i] += n;
        }
    });
}

/// Strictly rising edges, the first not above `min` and the last above `max`.
fn edges(kind: Kind, min: f64, max: f64, buckets: usize) -> Vec<f64> {
    let least = (max - min) / buckets as f64;
    let edge: Box<dyn Fn(f64) -> f64> = match kind {
        Kind::Time => {
            let (step, origin) = time_step(least);
            Box::new(move |k| k * step + origin)
        }
        _ => {
            let (step, divisor) = number_step(least);
            Box::new(move |k| k * step / divisor)
        }
    };
    let (zero, one) = (edge(0.0), edge(1.0));
    let start = ((min - zero) / (one - zero)).floor();
    let mut edges = Vec::new();
    let mut k = if edge(start) > min { start - 1.0 } else { start };
    // Numbers whose distance is next to nothing beside their size have no edges between them.
    while edges.last().is_none_or(|last| *last <= max) && edges.len() <= buckets + 3 {
        edges.push(edge(k));
        k += 1.0;
    }
    let good = edges.windows(2).all(|w| w[0] < w[1])
        && edges.iter().all(|e| e.is_finite())
        && edges.len() > 1
        && edges[0] <= min
        && edges[edges.len() - 1] > max;
    if good { edges } else { vec![min, max.next_up()] }
}

/// The least of 1, 2, 5 times a power of ten that is not below, as a fraction so that edges are exact decimals.
fn number_step(least: f64) -> (f64, f64) {
    if least <= 0.0 || !least.is_finite() {
        return (1.0, 1.0);
    }
    let exponent = least.log10().floor().clamp(-300.0, 300.0) as i32;
    for exponent in [exponent, exponent + 1] {
        for digit in [1.0, 2.0, 5.0] {
            let (step, divisor) = match exponent {
                0.. => (digit * 10f64.powi(exponent), 1.0),
                _ => (digit, 10f64.powi(-exponent)),
            };
            if step / divisor >= least * (1.0 - 1e-9) {
                return (step, divisor);
            }
        }
    }
    (least, 1.0)
}

/// A step of the calendar and of the clock, in milliseconds, and the time that some edge is at: weeks begin on Monday.
fn time_step(least: f64) -> (f64, f64) {
    const SECOND: f64 = 1000.0;
    const MINUTE: f64 = 60.0 * SECOND;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    for (unit, steps) in [
        (1.0, &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0][..]),
        (SECOND, &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0]),
        (MINUTE, &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0]),
        (HOUR, &[1.0, 2.0, 3.0, 6.0, 12.0]),
        (DAY, &[1.0, 2.0]),
        (7.0 * DAY, &[1.0, 2.0, 4.0, 13.0, 26.0, 52.0]),
    ] {
        if let Some(step) = steps.iter().find(|s| **s * unit >= least) {
            return (step * unit, if unit > DAY { 4.0 * DAY } else { 0.0 });
        }
    }
    let (step, divisor) = number_step(least / (364.0 * DAY));
    (step / divisor * 364.0 * DAY, 4.0 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edges_are_round() {
        #[track_caller]
        fn check(kind: Kind, min: f64, max: f64, n: usize, want: &[f64]) {
            assert_eq!(edges(kind, min, max, n), want);
        }
        check(Kind::Number, 0.0, 1.0, 5, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2]);
        check(Kind::Number, 0.03, 0.97, 10, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
        check(Kind::Number, -7.0, 7.0, 3, &[-10.0, -5.0, 0.0, 5.0, 10.0]);
        check(Kind::Number, 5.0, 5.0, 10, &[5.0, 6.0]);
        let day = 86_400_000.0;
        check(Kind::Time, day * 0.5, day * 3.5, 4, &[0.0, day, 2.0 * day, 3.0 * day, 4.0 * day]);
        check(Kind::Time, day * 4.0, day * 20.0, 3, &[day * 4.0, day * 11.0, day * 18.0, day * 25.0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn edges_hold_every_value(a: f64, b: f64, n in 1usize..60, time: bool) {
            prop_assume!(!a.is_nan() && !b.is_nan() && a.is_finite() && b.is_finite());
            let kind = if time { Kind::Time } else { Kind::Number };
            let (min, max) = (a.min(b), a.max(b));
            let edges = edges(kind, min, max, n);
            prop_assert!(edges.len() >= 2 && edges.len() <= n + 4);
            prop_assert!(edges[0] <= min && edges[edges.len() - 1] > max);
            prop_assert!(edges.windows(2).all(|w| w[0] < w[1]));
        }
    }
}
