//! What a reading came to: how much there was, and what was left out or changed, each kind once with its first place.

use std::collections::BTreeMap;
use std::fmt;

/// Kinds of notes that are kept apart; more are counted together.
const KINDS_MAX: usize = 100;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub assets: u64,
    pub answers: u64,
    pub predictions: u64,
    pub annotations: u64,
    notes: BTreeMap<String, (u64, String)>,
}

impl Report {
    /// Something was not taken as it stands. The words have no plural: `polyline left out`.
    pub fn note(&mut self, what: impl Into<String>, place: impl fmt::Display) {
        let what = what.into();
        let what = if self.notes.len() >= KINDS_MAX && !self.notes.contains_key(&what) {
            "other things left out".to_owned()
        } else {
            what
        };
        self.notes.entry(what).and_modify(|(n, _)| *n += 1).or_insert_with(|| (1, place.to_string()));
    }

    /// Each note with how often it came and where first.
    pub fn notes(&self) -> impl Iterator<Item = (&str, u64, &str)> {
        self.notes.iter().map(|(what, (n, place))| (what.as_str(), *n, place.as_str()))
    }

    pub fn has_notes(&self) -> bool {
        !self.notes.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} assets, {} answers, {} predictions, {} annotations",
            self.assets, self.answers, self.predictions, self.annotations
        )?;
        for (what, n, place) in self.notes() {
            write!(f, "\n  {n} x {what}; first: {place}")?;
        }
        Ok(())
    }
}
