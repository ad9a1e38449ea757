//! Times.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sheaf_model::Millis;
use utoipa::ToSchema;

/// A time: RFC 3339 in UTC, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, examples("2026-11-24T02:10:00.123Z"))]
pub struct Time(pub Millis);

impl From<Millis> for Time {
    fn from(ms: Millis) -> Self {
        Self(ms)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let time = jiff::Timestamp::from_millisecond(self.0).map_err(serde::ser::Error::custom)?;
        serializer.collect_str(&format_args!("{time:.3}"))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: jiff::Timestamp = text.parse().map_err(|_| {
            serde::de::Error::custom(format!("`{text}` is not a time like 2026-11-24T18:00:00Z"))
        })?;
        Ok(Self(time.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_to_the_millisecond() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_795_486_200_123, "2026-11-24T02:10:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(serde_json::to_value(Time(ms)).unwrap(), expected);
        }
        assert!(serde_json::to_value(Time(i64::MAX)).is_err(), "an error, not a panic");
    }
}
