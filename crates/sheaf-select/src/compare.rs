//! Whether two blocks hold the same values: what a check of the index asks.

use crate::{CHUNK, FieldKey, SelectError, codec};

/// The first ordinal whose values differ between two blocks of a field in a chunk; no block holds no values.
pub fn first_difference(
    field: &FieldKey,
    chunk: u32,
    a: Option<&[u8]>,
    b: Option<&[u8]>,
) -> Result<Option<u32>, SelectError> {
    // The same values are encoded to the same bytes nearly always; what counts are the values. Both are decoded: bytes
    // that are equal may be damaged alike.
    let decoded = |data: Option<&[u8]>| data.map(|data| codec::decode(field, chunk, data)).transpose();
    let (old, new) = (decoded(a)?, decoded(b)?);
    if a == b {
        return Ok(None);
    }
    let values = |column: &Option<crate::column::Column>, row| match column {
        Some(column) if (column.first..column.first + column.len).contains(&row) => column.values_of(row),
        _ => Vec::new(),
    };
    let row = (0..CHUNK).find(|row| values(&old, *row) != values(&new, *row));
    Ok(row.map(|row| chunk * CHUNK + row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AssetFacts, ChunkBuilder};

    fn block(values: &[&str]) -> Option<Vec<u8>> {
        let mut builder = ChunkBuilder::new(2);
        for (i, value) in values.iter().enumerate() {
            let ordinal = 2 * CHUNK + i as u32;
            let metadata = format!("{{\"f\":{value}}}").into();
            builder.push(&AssetFacts { ordinal, metadata, ..AssetFacts::default() }).unwrap();
        }
        let blocks = builder.finish().unwrap();
        blocks.into_iter().find(|block| block.field == FieldKey::meta("f")).map(|block| block.data)
    }

    #[test]
    fn the_first_difference_is_found() {
        let check = |a: &[&str], b: &[&str], want: Option<u32>| {
            let found = first_difference(&FieldKey::meta("f"), 2, block(a).as_deref(), block(b).as_deref());
            assert_eq!(found.unwrap(), want.map(|row| 2 * CHUNK + row), "{a:?} {b:?}");
        };
        check(&["1", "\"x\"", "[1,2]"], &["1", "\"x\"", "[2,1,1]"], None);
        check(&["1", "\"x\""], &["1", "\"X\""], Some(1));
        check(&["null", "null"], &["null", "true"], Some(1));
        check(&["null", "null"], &["null"], None);
        let mut bad = block(&["1"]).unwrap();
        bad[7] ^= 1;
        assert!(first_difference(&FieldKey::meta("f"), 2, Some(&bad), Some(&bad)).is_err());
    }
}
