//! Cohen's kappa: how far two people agree on a choice, beyond what chance would give two who choose as often as they do.
//!
//! J. Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20 (1960), 37-46.

use std::collections::BTreeMap;

/// A table of two people's choices on the same tasks: how often one said this and the other that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    n: i64,
    same: i64,
    /// How often each value was said, by the one and by the other.
    said: BTreeMap<String, (i64, i64)>,
}

impl Table {
    pub fn add(&mut self, one: &str, other: &str, n: i64) {
        self.n += n;
        if one == other {
            self.same += n;
        }
        self.said.entry(one.to_owned()).or_default().0 += n;
        self.said.entry(other.to_owned()).or_default().1 += n;
    }

    /// Tasks on which both chose.
    pub fn n(&self) -> i64 {
        self.n
    }

    /// From -1 to 1. `None` when there is nothing to correct for: no tasks, or both always said one and the same.
    pub fn kappa(&self) -> Option<f64> {
        let n = self.n as f64;
        let observed = self.same as f64 / n;
        let by_chance: f64 =
            self.said.values().map(|(one, other)| (*one as f64 / n) * (*other as f64 / n)).sum();
        (self.n > 0 && by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(rows: &[(&str, &str, i64)]) -> Table {
        let mut table = Table::default();
        rows.iter().for_each(|(one, other, n)| table.add(one, other, *n));
        table
    }

    /// The three worked examples of the encyclopaedia's article on the coefficient.
    #[test]
    fn textbook_examples() {
        for (counts, wanted) in
            [([20, 5, 10, 15], 0.4), ([45, 15, 25, 15], 0.130_434_8), ([25, 35, 5, 35], 0.259_259_3)]
        {
            let [yy, yn, ny, nn] = counts;
            let table = of(&[("y", "y", yy), ("y", "n", yn), ("n", "y", ny), ("n", "n", nn)]);
            assert!((table.kappa().unwrap() - wanted).abs() < 1e-6, "{counts:?} {:?}", table.kappa());
        }
        // Fleiss, "Statistical Methods for Rates and Proportions", two raters and three diagnoses.
        let fleiss = of(&[
            ("p", "p", 75),
            ("p", "n", 1),
            ("p", "o", 4),
            ("n", "p", 5),
            ("n", "n", 4),
            ("n", "o", 1),
            ("o", "o", 10),
        ]);
        assert!((fleiss.kappa().unwrap() - 0.676).abs() < 5e-4, "{:?}", fleiss.kappa());
    }

    #[test]
    fn nothing_to_correct_for() {
        assert_eq!(of(&[]).kappa(), None);
        assert_eq!(of(&[("a", "a", 9)]).kappa(), None);
        assert_eq!(of(&[("a", "a", 1), ("b", "b", 1)]).kappa(), Some(1.0));
        assert_eq!(of(&[("a", "b", 1), ("b", "a", 1)]).kappa(), Some(-1.0));
    }

    proptest! {
        /// Who is the one and who the other does not matter, and neither does the order.
        #[test]
        fn symmetric(rows in prop::collection::vec((0u8..4, 0u8..4), 1..40)) {
            let (mut there, mut back) = (Table::default(), Table::default());
            for (one, other) in &rows {
                there.add(&one.to_string(), &other.to_string(), 1);
            }
            for (one, other) in rows.iter().rev() {
                back.add(&other.to_string(), &one.to_string(), 1);
            }
            match (there.kappa(), back.kappa()) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9 && (-1.0..=1.0 + 1e-9).contains(&a)),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
