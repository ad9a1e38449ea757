//! What is known of one asset when it is indexed, and how its metadata is flattened to fields.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::value::nfc;
use crate::{Builtin, FieldKey, SelectError, Value};

/// Of a field's values in one asset only the first ones count, in the order of the text: a list may be an embedding.
pub const MAX_VALUES: usize = 256;

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

/// A value in passing. Text is as it was given, not yet in NFC.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Raw<'a> {
    Bool(bool),
    Number(f64),
    Time(i64),
    Text(&'a str),
}

impl Raw<'_> {
    fn to_value(self) -> Value {
        match self {
            Raw::Bool(b) => Value::Bool(b),
            Raw::Number(n) => Value::Number(n + 0.0),
            Raw::Time(ms) => Value::Time(ms),
            Raw::Text(t) => Value::Text(nfc(t).into_owned()),
        }
    }
}

impl AssetFacts<'_> {
    /// Every indexed field's values, in the order of the text; the definition of what is searchable.
    pub fn values(&self) -> Result<BTreeMap<FieldKey, Vec<Value>>, SelectError> {
        let mut all: BTreeMap<FieldKey, Vec<Value>> = BTreeMap::new();
        self.builtins(|b, raw| all.entry(FieldKey::Builtin(b)).or_default().push(raw.to_value()));
        let mut meta: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        self.flatten(|path, raw| {
            let values = meta.entry(path.to_string()).or_default();
            if values.len() < MAX_VALUES {
                values.push(raw.to_value());
            }
        })?;
        all.extend(meta.into_iter().map(|(path, values)| (FieldKey::Meta(path), values)));
        Ok(all)
    }

    /// The values of one field, in the order of the text.
    pub(crate) fn values_of(&self, field: &FieldKey) -> Result<Vec<Value>, SelectError> {
        let mut values = Vec::new();
        match field {
            FieldKey::Builtin(wanted) => self.builtins(|builtin, raw| {
                if builtin == *wanted {
                    values.push(raw.to_value());
                }
            }),
            FieldKey::Meta(wanted) => self.flatten(|path, raw| {
                if path == wanted && values.len() < MAX_VALUES {
                    values.push(raw.to_value());
                }
            })?,
        }
        Ok(values)
    }

    pub(crate) fn builtins(&self, mut sink: impl FnMut(Builtin, Raw<'_>)) {
        sink(Builtin::Name, Raw::Text(&self.name));
        if let Some(reference) = &self.reference {
            sink(Builtin::Ref, Raw::Text(reference));
        }
        sink(Builtin::Upload, Raw::Number(self.upload as f64));
        sink(Builtin::Uploaded, Raw::Time(self.uploaded_ms));
        sink(Builtin::Type, Raw::Text(&self.media_type));
        let mut number = |b, n: Option<f64>| n.into_iter().for_each(|n| sink(b, Raw::Number(n)));
        number(Builtin::Size, self.size.map(|n| n as f64));
        number(Builtin::Width, self.width.map(f64::from));
        number(Builtin::Height, self.height.map(f64::from));
        number(Builtin::Duration, self.duration_ms.map(|ms| ms as f64 / 1000.0));
    }

    /// Calls the sink with each scalar of the metadata and its flattened path: nested objects by dots, elements of
    /// lists (also of lists of objects and of lists of lists) under the path of the list, nulls not at all. Names are in NFC.
    pub(crate) fn flatten(&self, mut sink: impl FnMut(&str, Raw<'_>)) -> Result<(), SelectError> {
        if self.metadata.is_empty() {
            return Ok(());
        }
        let mut path = String::new();
        let mut json = serde_json::Deserializer::from_str(&self.metadata);
        let walk = Walk { path: &mut path, top: true, sink: &mut sink };
        json.deserialize_map(walk)
            .and_then(|()| json.end())
            .map_err(|e| SelectError::Metadata { ordinal: self.ordinal, message: e.to_string() })
    }
}

struct Walk<'p, F> {
    path: &'p mut String,
    top: bool,
    sink: &'p mut F,
}

impl<'de, F: FnMut(&str, Raw<'_>)> DeserializeSeed<'de> for Walk<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&str, Raw<'_>)> Visitor<'de> for Walk<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata")
    }

    fn visit_bool<E>(self, v: bool) -> Result<(), E> {
        (self.sink)(self.path, Raw::Bool(v));
        Ok(())
    }

    fn visit_i64<E>(self, v: i64) -> Result<(), E> {
        (self.sink)(self.path, Raw::Number(v as f64));
        Ok(())
    }

    fn visit_u64<E>(self, v: u64) -> Result<(), E> {
        (self.sink)(self.path, Raw::Number(v as f64));
        Ok(())
    }

    fn visit_f64<E>(self, v: f64) -> Result<(), E> {
        if !v.is_nan() {
            (self.sink)(self.path, Raw::Number(v));
        }
        Ok(())
    }

    fn visit_str<E>(self, v: &str) -> Result<(), E> {
        (self.sink)(self.path, Raw::Text(v));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Walk { path: self.path, top: false, sink: self.sink })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let len = self.path.len();
        while map.next_key_seed(Key { path: self.path, dot: !self.top })?.is_some() {
            map.next_value_seed(Walk { path: self.path, top: false, sink: self.sink })?;
            self.path.truncate(len);
        }
        Ok(())
    }
}

/// Appends a key to the path without a string in between.
struct Key<'p> {
    path: &'p mut String,
    dot: bool,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, v: &str) -> Result<(), E> {
        if self.dot {
            self.path.push('.');
        }
        self.path.push_str(&nfc(v));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_flattened() {
        #[track_caller]
        fn check(metadata: &str, want: &[(&str, &str)]) {
            let facts = AssetFacts { metadata: metadata.into(), ..AssetFacts::default() };
            let mut got = Vec::new();
            facts.flatten(|path, raw| got.push((path.to_string(), format!("{raw:?}")))).unwrap();
            let want: Vec<_> = want.iter().map(|(p, v)| (p.to_string(), v.to_string())).collect();
            assert_eq!(got, want, "{metadata}");
        }
        check("", &[]);
        check("{}", &[]);
        check(
            r#"{"a":1,"b":null,"c":"x","d":true}"#,
            &[("a", "Number(1.0)"), ("c", "Text(\"x\")"), ("d", "Bool(true)")],
        );
        check(
            r#"{"a":{"b":{"c":1.5}},"a.b":{"c":2}}"#,
            &[("a.b.c", "Number(1.5)"), ("a.b.c", "Number(2.0)")],
        );
        check(
            r#"{"a":[1,"x",[true,null]],"o":[{"k":1},{"k":2}]}"#,
            &[
                ("a", "Number(1.0)"),
                ("a", "Text(\"x\")"),
                ("a", "Bool(true)"),
                ("o.k", "Number(1.0)"),
                ("o.k", "Number(2.0)"),
            ],
        );
        check(r#"{"":{"":1}}"#, &[(".", "Number(1.0)")]);
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for bad in ["[1]", "1", "{", "{} x", "null", "{\"a\":1e999}", &("{\"a\":".repeat(500) + "1")] {
            let facts = AssetFacts { metadata: bad.into(), ..AssetFacts::default() };
            assert!(facts.values().is_err(), "{bad}");
        }
    }
}
