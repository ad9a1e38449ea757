//! The selection engine: a typed expression in, a roaring bitmap of ordinals out, over an immutable snapshot of one
//! project's library. Also the picks, the members' codec, facets, histograms, sorting and completion values.
//!
//! Pure computation: no IO, no async, no SQL. Whoever holds the database implements [`Source`].
//! What a query *means* is defined by [`naive`]; everything else here must agree with it, by property test.

mod build;
mod cache;
mod chunk_set;
pub mod classes;
mod codec;
mod column;
mod compare;
pub mod deal;
mod error;
mod evaluate;
pub mod facet;
mod facts;
mod fields;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod histogram;
mod matcher;
pub mod members;
pub mod naive;
mod pairs;
mod patch;
pub mod pick;
pub mod quota;
mod scan;
pub mod sequence;
mod snapshot;
pub mod sort;
mod stream;
mod tail;
mod text;
mod value;
pub mod values;
mod walk;
mod wildcard;
mod wire;

pub use build::{ChunkBuilder, EncodedBlock};
pub use cache::BlockCache;
pub use compare::first_difference;
pub use error::SelectError;
pub use evaluate::evaluate;
pub use facts::{AssetFacts, MAX_VALUES};
pub use fields::{Builtin, FieldKey};
pub use patch::Changes;
pub use snapshot::{Library, Snapshot, Source, SourceError};
pub use tail::Tail;
pub use value::{Kind, Value, fold, parse_time};

/// Ordinals to a chunk: exactly one container of a roaring bitmap.
pub const CHUNK: u32 = 65_536;
