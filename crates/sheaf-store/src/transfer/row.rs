//! One row as a line of JSON: an array in the order of the table's columns. Whole numbers have 64 bits; bytes are base64;
//! a number that is not finite is a text.

use std::fmt;
use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::driver::arg::OwnedArg;
use crate::driver::{Column, Kind, Row, Value};
use crate::error::StoreError;

/// Adds a row to what is to be written.
pub(super) fn write(out: &mut Vec<u8>, row: &Row<'_>, columns: &[Column]) -> Result<(), StoreError> {
    for (at, column) in columns.iter().enumerate() {
        out.push(if at == 0 { b'[' } else { b',' });
        value(out, row.value(at)?)
            .map_err(|error| StoreError::Database(format!("column {}: {error}", column.name)))?;
    }
    out.extend_from_slice(b"]\n");
    Ok(())
}

fn value(out: &mut Vec<u8>, value: Value<'_>) -> std::io::Result<()> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Int(value) => write!(out, "{value}")?,
        // The shortest text that reads the same.
        Value::Real(value) if value.is_finite() => write!(out, "{value:?}")?,
        Value::Real(value) => write!(out, "\"{value}\"")?,
        Value::Text(text) => serde_json::to_writer(out, text)?,
        Value::Blob(bytes) => {
            out.push(b'"');
            let from = out.len();
            out.resize(from + bytes.len().div_ceil(3) * 4, 0);
            BASE64
                .encode_slice(bytes, &mut out[from..])
                .map_err(|error| std::io::Error::other(error.to_string()))?;
            out.push(b'"');
        }
    }
    Ok(())
}

/// Reads a line.
pub(super) fn read(line: &[u8], columns: &[Column]) -> serde_json::Result<Vec<OwnedArg>> {
    let mut from = serde_json::Deserializer::from_slice(line);
    let row = InOrder(columns).deserialize(&mut from)?;
    from.end()?;
    Ok(row)
}

struct InOrder<'a>(&'a [Column]);

impl<'de> DeserializeSeed<'de> for InOrder<'_> {
    type Value = Vec<OwnedArg>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for InOrder<'_> {
    type Value = Vec<OwnedArg>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an array of {} values", self.0.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut out = Vec::with_capacity(self.0.len());
        for column in self.0 {
            let Some(value) = next(&mut values, column.kind)? else {
                return Err(A::Error::invalid_length(out.len(), &self));
            };
            out.push(value.unwrap_or(OwnedArg::Null));
        }
        if values.next_element::<serde::de::IgnoredAny>()?.is_some() {
            return Err(A::Error::invalid_length(out.len() + 1, &self));
        }
        Ok(out)
    }
}

/// The next value of a row: none, NULL, or something.
fn next<'de, A: SeqAccess<'de>>(values: &mut A, kind: Kind) -> Result<Option<Option<OwnedArg>>, A::Error> {
    Ok(match kind {
        Kind::Int => values.next_element::<Option<i64>>()?.map(|it| it.map(OwnedArg::Int)),
        Kind::Text => values.next_element::<Option<String>>()?.map(|it| it.map(OwnedArg::Text)),
        Kind::Bytes => {
            let read = |text: std::borrow::Cow<'de, str>| {
                BASE64.decode(text.as_bytes()).map(OwnedArg::Blob).map_err(A::Error::custom)
            };
            match values.next_element::<Option<std::borrow::Cow<'de, str>>>()? {
                Some(text) => Some(text.map(read).transpose()?),
                None => None,
            }
        }
        // By its digits: what reads numbers of JSON may be off by the last one.
        Kind::Real => match values.next_element::<Option<&'de RawValue>>()? {
            Some(Some(raw)) => {
                let digits = raw.get().trim_matches('"');
                Some(Some(OwnedArg::Real(digits.parse().map_err(A::Error::custom)?)))
            }
            Some(None) => Some(None),
            None => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns() -> Vec<Column> {
        [Kind::Int, Kind::Real, Kind::Text, Kind::Bytes]
            .map(|kind| Column { name: format!("{kind:?}"), kind })
            .into()
    }

    fn line(values: &[Value<'_>]) -> Vec<u8> {
        let mut out = Vec::new();
        for it in values {
            out.push(if out.is_empty() { b'[' } else { b',' });
            value(&mut out, *it).unwrap();
        }
        out.push(b']');
        out
    }

    proptest! {
        #[test]
        fn every_row_reads_as_it_was_written(
            int: Option<i64>,
            bits: Option<u64>,
            text: Option<String>,
            bytes: Option<Vec<u8>>,
        ) {
            let real = bits.map(f64::from_bits).filter(|it| !it.is_nan());
            let line = line(&[
                int.map_or(Value::Null, Value::Int),
                real.map_or(Value::Null, Value::Real),
                text.as_deref().map_or(Value::Null, Value::Text),
                bytes.as_deref().map_or(Value::Null, Value::Blob),
            ]);
            prop_assert!(!line.contains(&b'\n'));
            let back = read(&line, &columns()).unwrap();
            let wanted = [
                int.map_or(OwnedArg::Null, OwnedArg::Int),
                real.map_or(OwnedArg::Null, OwnedArg::Real),
                text.map_or(OwnedArg::Null, OwnedArg::Text),
                bytes.map_or(OwnedArg::Null, OwnedArg::Blob),
            ];
            prop_assert_eq!(format!("{back:?}"), format!("{wanted:?}"));
        }
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for wrong in [
            "",
            "[]",
            "[1,2.5,\"a\"]",
            "[1,2.5,\"a\",\"\",0]",
            "[\"1\",2.5,\"a\",\"\"]",
            "[1,2.5,\"a\",\"?\"]",
            "[1,2.5,\"a\",\"\"][",
        ] {
            assert!(read(wrong.as_bytes(), &columns()).is_err(), "{wrong}");
        }
    }
}
