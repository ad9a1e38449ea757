//! What a dry run has seen of its own rows. Nothing of them is written, so the library does not say what the rows before one said.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use sheaf_model::Ordinal;

/// Rows that are remembered, about 40 MB of them; later ones of a longer file are held against these and the library only.
const ROWS_MAX: usize = 1_000_000;

/// By asset: fingerprints of who said something of it, and of what.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    said: HashMap<Ordinal, Vec<(u64, u64)>>,
    n: usize,
}

impl Earlier {
    /// The fingerprint of what somebody said last of an asset.
    pub(crate) fn said(&self, ordinal: Ordinal, who: u64) -> Option<u64> {
        self.said.get(&ordinal)?.iter().find(|(it, _)| *it == who).map(|(_, what)| *what)
    }

    /// How many said something of an asset.
    pub(crate) fn how_many(&self, ordinal: Ordinal) -> usize {
        self.said.get(&ordinal).map_or(0, Vec::len)
    }

    pub(crate) fn note(&mut self, ordinal: Ordinal, who: u64, what: u64) {
        if self.n >= ROWS_MAX && self.said(ordinal, who).is_none() {
            return;
        }
        let said = self.said.entry(ordinal).or_default();
        match said.iter_mut().find(|(it, _)| *it == who) {
            Some((_, last)) => *last = what,
            None => {
                said.push((who, what));
                self.n += 1;
            }
        }
    }
}

/// A number that differs where texts differ, but for one pair in 2^64; of this process only.
pub(crate) fn fingerprint(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_each_is_remembered() {
        let mut earlier = Earlier::default();
        let (kim, lee) = (fingerprint("kim"), fingerprint("lee"));
        earlier.note(7, kim, 1);
        earlier.note(7, lee, 1);
        earlier.note(7, kim, 2);
        assert_eq!(
            (earlier.said(7, kim), earlier.said(7, lee), earlier.said(8, kim)),
            (Some(2), Some(1), None)
        );
        assert_eq!((earlier.how_many(7), earlier.how_many(8)), (2, 0));
    }
}
