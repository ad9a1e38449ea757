//! Krippendorff's alpha for nominal data: how far any number of people agree on a choice, beyond chance, also where some
//! did not choose.
//!
//! K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections C and D.

use std::collections::BTreeMap;

/// The matrix of coincidences, which adds up unit by unit: in a unit with `m` values each ordered pair counts `1/(m-1)`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coincidences {
    same: f64,
    /// How often each value stands in a pair; the sums of the matrix's rows.
    margins: BTreeMap<String, f64>,
}

impl Coincidences {
    /// Adds `n` unordered pairs of values from units that `raters` people chose in: at least 2.
    pub fn add(&mut self, one: &str, other: &str, raters: u8, n: i64) {
        if raters < 2 {
            return;
        }
        let weight = n as f64 / f64::from(raters - 1);
        if one == other {
            self.same += 2.0 * weight;
        }
        *self.margins.entry(one.to_owned()).or_default() += weight;
        *self.margins.entry(other.to_owned()).or_default() += weight;
    }

    /// At most 1, 0 for chance, below it for worse. `None` when there is nothing to tell: no pairs, or only one value.
    pub fn alpha(&self) -> Option<f64> {
        let n: f64 = self.margins.values().sum();
        let by_chance: f64 = self.margins.values().map(|m| m * (m - 1.0)).sum();
        let apart = n * (n - 1.0) - by_chance;
        (self.margins.len() > 1 && apart > 0.0).then(|| 1.0 - (n - self.same) * (n - 1.0) / apart)
    }
}

/// The unordered pairs of the values of one unit, each with the number of values.
pub fn pairs<'v>(values: &[&'v str]) -> Vec<(&'v str, &'v str, u8)> {
    let raters = u8::try_from(values.len()).unwrap_or(u8::MAX);
    let mut out = Vec::new();
    for (i, one) in values.iter().enumerate() {
        for other in &values[i + 1..] {
            let (low, high) = if one <= other { (*one, *other) } else { (*other, *one) };
            out.push((low, high, raters));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows are people, columns are units, `.` is a missing value.
    fn units(rows: &[&str]) -> Vec<Vec<String>> {
        let rows: Vec<Vec<char>> =
            rows.iter().map(|row| row.chars().filter(|c| *c != ' ').collect()).collect();
        let chosen = |u: usize| rows.iter().map(move |row| row[u]).filter(|c| *c != '.').map(String::from);
        (0..rows[0].len()).map(|u| chosen(u).collect()).collect()
    }

    fn alpha(units: &[Vec<String>]) -> Option<f64> {
        let mut all = Coincidences::default();
        for unit in units {
            let values: Vec<&str> = unit.iter().map(String::as_str).collect();
            pairs(&values).into_iter().for_each(|(one, other, raters)| all.add(one, other, raters, 1));
        }
        all.alpha()
    }

    /// From the definition, pair by pair: one minus the observed over the expected share of pairs that differ.
    fn naive(units: &[Vec<String>]) -> Option<f64> {
        let paired: Vec<&Vec<String>> = units.iter().filter(|unit| unit.len() > 1).collect();
        let all: Vec<&String> = paired.iter().flat_map(|unit| unit.iter()).collect();
        let n = all.len() as f64;
        let mut observed = 0.0;
        for unit in &paired {
            let differ = unit.iter().flat_map(|a| unit.iter().map(move |b| a != b)).filter(|it| *it).count();
            observed += differ as f64 / (unit.len() as f64 - 1.0);
        }
        let differ = all.iter().flat_map(|a| all.iter().map(move |b| a != b)).filter(|it| *it).count() as f64;
        (differ > 0.0).then(|| 1.0 - (observed / n) / (differ / (n * (n - 1.0))))
    }

    /// The worked examples of the paper: A (two people, two values), B (two people, many values), C (four people, missing
    /// values).
    #[test]
    fn published_values() {
        let many = [
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ];
        for (rows, wanted) in [
            (&["0100000010", "1110010000"][..], 0.095),
            (&["aabbdcccedda", "babbbccceddd"][..], 0.692),
            (&many[..], 0.743),
        ] {
            let found = alpha(&units(rows)).unwrap();
            assert!((found - wanted).abs() < 5e-4, "{rows:?} {found}");
        }
    }

    #[test]
    fn nothing_to_tell() {
        assert_eq!(alpha(&[]), None);
        assert_eq!(alpha(&units(&["aaa", "aaa"])), None);
        assert_eq!(alpha(&units(&["ab.", "..b"])), None);
        assert_eq!(alpha(&units(&["ab", "ab"])), Some(1.0));
    }

    proptest! {
        #[test]
        fn is_what_the_definition_says_in_any_order(
            rows in prop::collection::vec(prop::collection::vec(0u8..4, 0..6), 1..20),
            turn in 0usize..20,
        ) {
            let mut units: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(u8::to_string).collect()).collect();
            let wanted = naive(&units);
            let n = units.len();
            units.rotate_left(turn % n);
            units.iter_mut().for_each(|unit| unit.reverse());
            match (alpha(&units), wanted) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9, "{} {}", a, b),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
