//! The values that fields hold, and the two definitions that all comparison rests on: folding of text and reading text
//! as a time.

use std::cmp::Ordering;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Kind of a value. The order is the order in which a mixed field is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Bool,
    Number,
    Time,
    Text,
}

/// One value of one field of one asset.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    /// Never NaN; minus zero is zero.
    Number(f64),
    /// Milliseconds since the Unix epoch. Metadata never holds one: JSON has text, which *compares* as a time when it
    /// reads as one.
    Time(i64),
    /// In NFC.
    Text(String),
}

impl Value {
    pub fn kind(&self) -> Kind {
        match self {
            Value::Bool(_) => Kind::Bool,
            Value::Number(_) => Kind::Number,
            Value::Time(_) => Kind::Time,
            Value::Text(_) => Kind::Text,
        }
    }

    /// The order of sorting: by kind, then false before true, numbers and times by size, text folded and then exact.
    pub fn order(&self, other: &Value) -> Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => a.total_cmp(b),
            (Value::Time(a), Value::Time(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => fold(a).cmp(&fold(b)).then_with(|| a.cmp(b)),
            _ => self.kind().cmp(&other.kind()),
        }
    }
}

/// Text as it is kept: NFC.
pub(crate) fn nfc(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    }
}

/// Text as it is compared when case does not count: NFC, each character to lower case on its own (no rule looks at the
/// neighbours, so a folded part of a text is a part of the folded text), final sigma as sigma, NFC again.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower: String =
        text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
    match is_nfc_quick(lower.chars()) {
        IsNormalized::Yes => lower,
        _ => lower.nfc().collect(),
    }
}

/// Reads `YYYY-MM-DD`, optionally followed by `T` or a space and `HH:MM[:SS[.fraction]]`, optionally followed by `Z`,
/// `+HH:MM`, `+HHMM` or `+HH`, as milliseconds since the Unix epoch. UTC unless the text gives an offset; a date is its
/// first instant; a fraction is cut after milliseconds. Anything else is not a time.
pub fn parse_time(text: &str) -> Option<i64> {
    let b = text.as_bytes();
    if b.len() < 10 || b.len() > 40 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&b[0..4])?, digits(&b[5..7])?, digits(&b[8..10])?);
    if !(1..=12).contains(&month) || day < 1 || day > month_days(year, month) {
        return None;
    }
    let date_ms = days_from_civil(year, month, day) * 86_400_000;
    let rest = &b[10..];
    if rest.is_empty() {
        return Some(date_ms);
    }
    if !matches!(rest[0], b'T' | b't' | b' ') || rest.len() < 6 || rest[3] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&rest[1..3])?, digits(&rest[4..6])?);
    let mut rest = &rest[6..];
    let (mut second, mut milli) = (0, 0);
    if rest.first() == Some(&b':') {
        second = digits(rest.get(1..3)?)?;
        rest = &rest[3..];
        if rest.first() == Some(&b'.') {
            let n = rest[1..].iter().take_while(|c| c.is_ascii_digit()).count();
            if n == 0 {
                return None;
            }
            let mut scale = 100;
            for c in rest[1..=n].iter().take(3) {
                milli += i64::from(c - b'0') * scale;
                scale /= 10;
            }
            rest = &rest[1 + n..];
        }
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let ms = date_ms + ((hour * 60 + minute) * 60 + second) * 1000 + milli;
    Some(ms - offset_minutes(rest)? * 60_000)
}

fn offset_minutes(rest: &[u8]) -> Option<i64> {
    let sign = match rest {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let (hours, minutes) = match rest.len() {
        3 => (digits(&rest[1..3])?, 0),
        5 => (digits(&rest[1..3])?, digits(&rest[3..5])?),
        6 if rest[3] == b':' => (digits(&rest[1..3])?, digits(&rest[4..6])?),
        _ => return None,
    };
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0')))
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_strictly() {
        #[track_caller]
        fn check(text: &str, want: Option<i64>) {
            assert_eq!(parse_time(text), want, "{text}");
        }
        check("1970-01-01", Some(0));
        check("1970-01-01T00:00:01.5Z", Some(1500));
        check("1970-01-01 01:00+01:00", Some(0));
        check("1970-01-01T01:00+0100", Some(0));
        check("1969-12-31T23:00-01", Some(0));
        check("2026-11-20", Some(1_795_132_800_000));
        check("2000-02-29", Some(951_782_400_000));
        check("1900-02-29", None);
        check("2026-13-01", None);
        check("2026-11-20T24:00", None);
        check("2026-11-20T10:00:00.", None);
        check("2026-11-20x", None);
        check("2026-11-20T10", None);
        check("20261120", None);
        check("2026-11-20T10:00:00.123456789Z", Some(1_795_168_800_123));
        check("", None);
    }

    #[test]
    fn folding_ignores_case_and_composition() {
        #[track_caller]
        fn check(a: &str, b: &str) {
            assert_eq!(fold(a), fold(b), "{a} {b}");
            assert_eq!(fold(&fold(a)), fold(a));
        }
        check("San Jose", "SAN JOSE");
        check("Caf\u{e9}", "CAFE\u{301}");
        check("ΟΔΟΣ", "οδος");
        check("İ", "i\u{307}");
    }
}
