//! Metadata updates of sealed assets: which fields change, and the rewritten block of one field.

use crate::{AssetFacts, FieldKey, SelectError};

/// The fields whose values differ between two states of one asset: the ones whose blocks must be rewritten.
pub fn changed_fields(_old: &AssetFacts<'_>, _new: &AssetFacts<'_>) -> Result<Vec<FieldKey>, SelectError> {
    Ok(Vec::new())
}

/// The block of `field` in `chunk` after some of the chunk's assets got new facts. `old` is the present block, `None`
/// when the field was absent; the answer is `None` when no asset of the chunk has the field any more.
pub fn patch_block(
    _field: &FieldKey,
    _chunk: u32,
    _old: Option<&[u8]>,
    _rows: &[AssetFacts<'_>],
) -> Result<Option<Vec<u8>>, SelectError> {
    Ok(None)
}
