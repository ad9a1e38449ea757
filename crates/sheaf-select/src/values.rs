//! What a field holds over the whole library: frequent values for completion, and statistics.

use crate::{FieldKey, Kind, Library, SelectError, Value};

/// A field over the whole library.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldStats {
    /// Kinds that occur, in order.
    pub kinds: Vec<Kind>,
    /// Assets that have the field.
    pub count: u64,
    /// Different values; `None` when there are more than [`crate::facet::MAX_DISTINCT`].
    pub distinct: Option<u64>,
    pub min: Option<Value>,
    pub max: Option<Value>,
    /// Some text reads as a time.
    pub has_text_times: bool,
}

impl Library<'_> {
    /// The most frequent values that begin with the prefix, case ignored (numbers and booleans as they are written),
    /// with their counts over the library. Of identifier-like fields it gives some, not the most frequent.
    pub fn values_starting_with(
        &self,
        _field: &FieldKey,
        _prefix: &str,
        _limit: usize,
    ) -> Result<Vec<(Value, u64)>, SelectError> {
        Ok(Vec::new())
    }

    pub fn field_stats(&self, _field: &FieldKey) -> Result<FieldStats, SelectError> {
        Ok(FieldStats::default())
    }
}
