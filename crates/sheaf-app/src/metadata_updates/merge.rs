//! JSON merge patch (RFC 7396) on the text of an asset's metadata. What the patch does not name stays byte for byte as it
//! was, so that an update never changes the digits of a number that nobody meant.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sheaf_store::StoreError;
use sheaf_store::sql::to_json;

/// The metadata with the patch put into it; `None` when that changes nothing.
pub(crate) fn merged(old: &str, patch: &Map<String, Value>) -> Result<Option<String>, StoreError> {
    let mut members = Members::of(old)?;
    Ok(if members.merge(patch)? { Some(members.text()?) } else { None })
}

/// The members of an object in their order.
struct Members<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Members<'a> {
    fn of(text: &'a str) -> Result<Self, StoreError> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        serde_json::from_str(text)
            .map_err(|error| StoreError::Database(format!("stored metadata is not a JSON object: {error}")))
    }

    /// Whether anything changed.
    fn merge(&mut self, patch: &Map<String, Value>) -> Result<bool, StoreError> {
        let mut changed = false;
        for (name, new) in patch {
            let at = self.0.iter().position(|(known, _)| known == name);
            changed |= match (new, at) {
                (Value::Null, None) => false,
                (Value::Null, Some(at)) => {
                    self.0.remove(at);
                    true
                }
                (Value::Object(inner), Some(at)) if self.0[at].1.starts_with('{') => {
                    match merged(&self.0[at].1, inner)? {
                        Some(text) => {
                            self.0[at].1 = text.into();
                            true
                        }
                        None => false,
                    }
                }
                (new, Some(at)) => {
                    let new = without_nulls(new);
                    let same = serde_json::from_str::<Value>(&self.0[at].1).is_ok_and(|old| old == *new);
                    if !same {
                        self.0[at].1 = to_json(&*new)?.into();
                    }
                    !same
                }
                (new, None) => {
                    self.0.push((name.clone().into(), to_json(&*without_nulls(new))?.into()));
                    true
                }
            };
        }
        Ok(changed)
    }

    fn text(&self) -> Result<String, StoreError> {
        let mut out =
            String::with_capacity(self.0.iter().map(|(name, value)| name.len() + value.len() + 4).sum());
        out.push('{');
        for (i, (name, value)) in self.0.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            out.push_str(&to_json(name)?);
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
        Ok(out)
    }
}

/// A new value: an object in a patch is itself a patch, for the empty object.
fn without_nulls(value: &Value) -> Cow<'_, Value> {
    let Value::Object(members) = value else { return Cow::Borrowed(value) };
    let kept = members.iter().filter(|(_, value)| !value.is_null());
    Cow::Owned(Value::Object(
        kept.map(|(name, value)| (name.clone(), without_nulls(value).into_owned())).collect(),
    ))
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut out = Vec::new();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    let value: &'de RawValue = map.next_value()?;
                    out.push((name.0, Cow::Borrowed(value.get())));
                }
                Ok(Members(out))
            }
        }
        json.deserialize_map(Walk)
    }
}

/// A member's name, borrowed when it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        json.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// The algorithm of the RFC, word for word.
    fn naive(target: Value, patch: &Value) -> Value {
        let Value::Object(patch) = patch else { return patch.clone() };
        let mut target = match target {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        for (name, value) in patch {
            if value.is_null() {
                target.remove(name);
            } else {
                let old = target.remove(name).unwrap_or(Value::Null);
                target.insert(name.clone(), naive(old, value));
            }
        }
        Value::Object(target)
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3i64..4).prop_map(Value::from),
            "[ab\"\\\\é]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab\"é]{0,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn objects() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::btree_map("[ab\"é]{0,2}", values(), 0..4)
            .prop_map(|members| members.into_iter().collect())
    }

    proptest! {
        #[test]
        fn merging_is_what_the_rfc_says(old in objects(), patch in objects()) {
            let text = Value::Object(old.clone()).to_string();
            let want = naive(Value::Object(old.clone()), &Value::Object(patch.clone()));
            match merged(&text, &patch).unwrap() {
                Some(new) => {
                    prop_assert_eq!(serde_json::from_str::<Value>(&new).unwrap(), want);
                    prop_assert_ne!(&new, &text);
                    prop_assert_eq!(merged(&new, &patch).unwrap(), None, "once more changes nothing");
                }
                None => prop_assert_eq!(Value::Object(old), want),
            }
        }
    }

    #[test]
    fn what_the_patch_does_not_name_keeps_its_digits() {
        let old = r#"{"z":0.1000,"key":123456789012345678901234567890,"a":{"x":1.10,"y":2}}"#;
        let patch = json!({ "a": { "y": 3 }, "new": [null, 1] });
        let new = merged(old, patch.as_object().unwrap()).unwrap().unwrap();
        let want = r#"{"z":0.1000,"key":123456789012345678901234567890,"a":{"x":1.10,"y":3},"new":[null,1]}"#;
        assert_eq!(new, want);
        assert!(merged("[1]", patch.as_object().unwrap()).is_err());
    }
}
