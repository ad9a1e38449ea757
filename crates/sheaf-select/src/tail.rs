//! The tail: rows that are not sealed yet, kept in memory in the form of a decoded chunk and queryable at any time.

use crate::{AssetFacts, EncodedBlock, FieldKey, SelectError};

/// Immutable; cloning shares; appending makes a new one and costs amortised little (small parts are merged like the
/// digits of a binary counter).
#[derive(Debug, Clone)]
pub struct Tail {
    base: u32,
    end: u32,
}

impl Tail {
    /// An empty tail whose first row will be `base`.
    pub fn new(base: u32) -> Tail {
        Tail { base, end: base }
    }

    /// The first ordinal.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// The ordinal after the last one.
    pub fn end(&self) -> u32 {
        self.end
    }

    pub fn len(&self) -> u32 {
        self.end - self.base
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// This tail and these rows after it. Their ordinals must go on from `end()` without gaps. The tail may grow beyond
    /// a chunk; [`Tail::seal`] then gives the full ones.
    pub fn append(&self, _rows: &[AssetFacts<'_>]) -> Result<Tail, SelectError> {
        Ok(self.clone())
    }

    /// This tail with rows that it already holds replaced (a metadata update of unsealed assets).
    pub fn update(&self, _rows: &[AssetFacts<'_>]) -> Result<Tail, SelectError> {
        Ok(self.clone())
    }

    /// When the tail holds a whole chunk from its base on: that chunk's number and blocks, and the tail without it.
    /// `None` while the first chunk is not full. Call it until it says `None`.
    #[allow(clippy::type_complexity)]
    pub fn seal(&self) -> Result<Option<(u32, Vec<EncodedBlock>, Tail)>, SelectError> {
        Ok(None)
    }

    /// The fields that any row of the tail has.
    pub fn fields(&self) -> Vec<FieldKey> {
        Vec::new()
    }

    /// Memory held, about.
    pub fn bytes(&self) -> usize {
        0
    }
}
