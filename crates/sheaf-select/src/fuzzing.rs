//! What must hold of any bytes that claim to be an index block or a blob of members. The fuzz targets in `fuzz/` call
//! it without end, the tests of the codecs for a moment. No part of the engine: behind the feature `fuzzing`.

use sheaf_query::expr::{Order, Scalar, Test};

use crate::chunk_set::{Bits, RowSet};
use crate::matcher::Matcher;
use crate::{CHUNK, FieldKey, codec, members};

/// Bytes as a block: as they are, which the checksum nearly always refuses, and as a body whose checksum is right. What
/// can be read can be used without a panic, and is read again as it was after it was written.
pub fn block(bytes: &[u8]) {
    let field = FieldKey::meta("f");
    let _ = codec::decode(&field, 0, bytes);
    let Ok(column) = codec::decode_body(bytes) else { return };
    let day = Scalar::Time { from_ms: 0, until_ms: i64::MAX, text: "x".into() };
    let number = Scalar::Number { value: 2.0, text: "2".into() };
    for test in [
        Test::Exists,
        Test::Contains("te".into()),
        Test::Equals(day),
        Test::Equals(Scalar::Text("text".into())),
        Test::Compare(Order::Less, number),
        Test::Compare(Order::GreaterEqual, Scalar::Text("m".into())),
        Test::Modulo { divisor: 3, remainder: 1 },
    ] {
        let Ok(matcher) = Matcher::new(&test) else { continue };
        let mut found = Bits::default();
        column.scan(&matcher, &RowSet::Full, &mut found);
        let rows = RowSet::range(column.first, column.first + column.len);
        assert_eq!(RowSet::of(found.clone()).count_both(&rows), found.count(), "rows outside the block");
    }
    if column.len < 1000 {
        (column.first..column.first + column.len).for_each(|row| drop(column.values_of(row)));
    }
    let written = codec::encode(&column);
    match codec::decode(&field, 0, &written) {
        Ok(again) => assert_eq!(codec::encode(&again), written, "written and read is the same"),
        Err(error) => panic!("what was written is not read: {error}"),
    }
}

/// Bytes as a blob of members, as they are and with the right checksum.
pub fn members(bytes: &[u8]) {
    let _ = members::decode([(0, bytes)]);
    let chunk = 3;
    let Ok(set) = members::decode([(chunk, codec::seal(bytes.to_vec()).as_slice())]) else { return };
    assert!(set.iter().all(|ordinal| ordinal / CHUNK == chunk), "members outside the chunk");
    let written = members::encode(&set);
    let again = members::decode(written.iter().map(|blob| (blob.chunk, blob.data.as_slice())));
    match again {
        Ok(again) => assert_eq!(again, set, "written and read is the same"),
        Err(error) => panic!("what was written is not read: {error}"),
    }
}
