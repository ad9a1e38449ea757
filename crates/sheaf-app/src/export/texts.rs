//! Texts of assets that go out: read many in one statement, and no more at once than memory has room for.

use std::collections::{HashMap, VecDeque};

use sheaf_model::Ordinal;
use sheaf_store::library::AssetRow;

use crate::Result;
use crate::library::Look;

/// Bytes of texts that are read at once, unless one is longer.
const BYTES: i64 = 4 * 1024 * 1024;
/// What a text is taken for whose size is not known.
const BYTES_UNKNOWN: i64 = 64 * 1024;

/// The texts of some assets.
#[derive(Default)]
pub(super) struct Texts {
    /// Those that are still to be read, with their bytes, in the order of their assets.
    waiting: VecDeque<(Ordinal, i64)>,
    read: HashMap<Ordinal, String>,
}

impl Texts {
    pub(super) fn of<'a>(assets: impl Iterator<Item = &'a AssetRow>) -> Self {
        let texts = assets.filter(|asset| asset.media_type.starts_with("text/"));
        let waiting = texts.map(|asset| (asset.ordinal, asset.size.unwrap_or(BYTES_UNKNOWN))).collect();
        Self { waiting, read: HashMap::new() }
    }

    /// The text of an asset, when it is one of them. To be asked for in their order, once each.
    pub(super) fn take(&mut self, look: &Look<'_>, ordinal: Ordinal) -> Result<Option<String>> {
        if self.waiting.front().is_some_and(|(next, _)| *next == ordinal) {
            let some = self.some();
            self.read = look.tx.texts(look.project, &some)?;
        }
        Ok(self.read.remove(&ordinal))
    }

    /// The next of them, as many as may be read at once.
    fn some(&mut self) -> Vec<Ordinal> {
        let (mut out, mut bytes) = (Vec::new(), 0);
        while let Some((ordinal, size)) = self.waiting.front().copied()
            && (out.is_empty() || bytes + size <= BYTES)
        {
            self.waiting.pop_front();
            out.push(ordinal);
            bytes += size;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_long_texts_and_many_short_ones_are_read_at_once() {
        let sizes = [(1, 100), (2, 200), (3, BYTES), (4, BYTES + 1), (7, 0), (8, BYTES), (9, 1)];
        let mut texts = Texts { waiting: sizes.into(), read: HashMap::new() };
        let mut all = Vec::new();
        while !texts.waiting.is_empty() {
            all.push(texts.some());
        }
        assert_eq!(all, [vec![1, 2], vec![3], vec![4], vec![7, 8], vec![9]]);
        assert!(texts.some().is_empty());
    }
}
