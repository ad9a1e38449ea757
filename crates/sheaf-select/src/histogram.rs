//! Histograms of a numeric or time field within a set of assets, with edges that people would choose.

use roaring::RoaringBitmap;

use crate::{FieldKey, Kind, Library, SelectError};

/// Values `from <= v < to`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    pub from: f64,
    pub to: f64,
    pub count: u64,
}

/// Of numbers, or of times in milliseconds since the Unix epoch (text that reads as a time counts as one when the field
/// holds no numbers). An asset with several values counts once for each.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// `Number` or `Time`.
    pub kind: Kind,
    pub min: f64,
    pub max: f64,
    pub buckets: Vec<Bucket>,
}

impl Library<'_> {
    /// At most about `buckets` equal buckets; `None` when no asset of the set has a number or time in the field.
    pub fn histogram(
        &self,
        _field: &FieldKey,
        _within: &RoaringBitmap,
        _buckets: usize,
    ) -> Result<Option<Histogram>, SelectError> {
        Ok(None)
    }
}
