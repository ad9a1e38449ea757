//! Times as Scale writes them: ISO 8601 in UTC with milliseconds. What is read may be a date alone.

use sheaf_model::Millis;

/// `2026-11-27T12:00:00.000Z`.
pub(super) fn iso(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}

/// A time, or a day at its beginning; without an offset it is UTC.
pub fn parse(text: &str) -> Option<Millis> {
    let text = text.trim();
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let time = text.parse::<jiff::civil::DateTime>().ok()?;
    jiff::tz::Offset::UTC.to_timestamp(time).ok().map(|time| time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, expected) in [
            ("2021-06-01", Some(1_622_505_600_000)),
            ("2021-06-01 00:00:01", Some(1_622_505_601_000)),
            ("2021-06-01T00:00:00.250Z", Some(1_622_505_600_250)),
            ("2021-06-01T02:00:00+02:00", Some(1_622_505_600_000)),
            ("2021-06-01T00:00:00.000000", Some(1_622_505_600_000)),
            ("yesterday", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(iso(1_622_505_600_250), "2021-06-01T00:00:00.250Z");
    }
}
