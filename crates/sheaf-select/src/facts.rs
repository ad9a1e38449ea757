//! What is known of one asset when it is indexed, and how its metadata is flattened to fields.

use std::borrow::Cow;

/// One asset's searchable facts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AssetFacts<'a> {
    pub ordinal: u32,
    pub name: Cow<'a, str>,
    pub reference: Option<Cow<'a, str>>,
    /// Database id of the upload that it came in.
    pub upload: i64,
    pub uploaded_ms: i64,
    pub media_type: Cow<'a, str>,
    pub size: Option<u64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub duration_ms: Option<u64>,
    /// Text of a JSON object; the empty text is the empty object.
    pub metadata: Cow<'a, str>,
}
