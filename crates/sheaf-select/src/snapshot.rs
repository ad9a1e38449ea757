//! What a selection looks at: an immutable snapshot of a library, and the trait through which blocks and the states of
//! labelling come in.

use std::sync::Arc;

use roaring::RoaringBitmap;
use sheaf_query::expr::{Field, Test};

use crate::{BlockCache, CHUNK, FieldKey, Tail};

/// An error of the database behind a [`Source`].
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// One project's library at one moment. Cloning shares everything.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub project: i64,
    /// High water: assets `0..n_assets` exist here; answers never hold an ordinal from `n_assets` on. It may be lowered
    /// to ask an old question again ("the library as it was").
    pub n_assets: u32,
    /// For each sealed chunk, the version of its blocks; it grows whenever any block of the chunk is rewritten.
    pub sealed: Arc<[u64]>,
    /// The rows after the sealed chunks; `tail.base() == sealed.len() * CHUNK`.
    pub tail: Tail,
    /// Grows with every committed change; carried along, not interpreted here.
    pub revision: u64,
}

impl Snapshot {
    pub fn empty(project: i64) -> Snapshot {
        Snapshot { project, n_assets: 0, sealed: Arc::from([]), tail: Tail::new(0), revision: 0 }
    }

    /// A snapshot of all of the sealed chunks and the tail.
    pub fn new(project: i64, sealed: Arc<[u64]>, tail: Tail, revision: u64) -> Snapshot {
        let n_assets = (sealed.len() as u32 * CHUNK).max(tail.end());
        Snapshot { project, n_assets, sealed, tail, revision }
    }

    /// Every ordinal.
    pub fn all(&self) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        all.insert_range(0..self.n_assets);
        all
    }
}

/// One read transaction of the store. Called from the evaluating thread only.
pub trait Source {
    /// The blocks of a field in these sealed chunks (ascending). A chunk without a block is left out: no asset of the
    /// chunk has the field.
    fn load_blocks(&self, field: &FieldKey, chunks: &[u32]) -> Result<Vec<(u32, Vec<u8>)>, SourceError>;

    /// Ids of the uploads whose *name* passes the test ([`crate::naive::test_values`] says which do).
    fn uploads(&self, test: &Test) -> Result<Vec<i64>, SourceError>;

    /// Assets that pass a test of a field that is not in blocks: `Id`, `Batch`, `Batched`, `Status`, `Label`,
    /// `LabelCount`, `Annotator`, `Reviewer`, `Labelled`, `Agreement`, `Prelabel`,
    /// `PrelabelScore`. [`crate::naive::State`] says what values these fields hold.
    fn resolve(&self, field: &Field, test: &Test) -> Result<RoaringBitmap, SourceError>;

    /// Every field that has a block or stands in the tail, in any order.
    fn fields(&self) -> Result<Vec<FieldKey>, SourceError>;
}

/// What every question needs: the snapshot, where blocks come from, where they are kept.
#[derive(Clone, Copy)]
pub struct Library<'a> {
    pub snapshot: &'a Snapshot,
    pub source: &'a dyn Source,
    pub cache: &'a BlockCache,
}
