//! What a single value is and how it becomes a value of its column's type. Nothing is guessed twice: a value that
//! does not fit the type of its column stays the text that it was.

use serde_json::{Number, Value};

use super::ColumnType;

/// The type of one CSV cell, which is not empty.
pub(super) fn type_of_cell(cell: &str) -> ColumnType {
    match cell.as_bytes()[0] {
        b'-' | b'.' | b'0'..=b'9' => {
            if parse_number(cell).is_some() {
                ColumnType::Number
            } else if is_time(cell) {
                ColumnType::Time
            } else {
                ColumnType::Text
            }
        }
        b't' | b'T' | b'f' | b'F' if parse_boolean(cell).is_some() => ColumnType::Boolean,
        b'[' if parse_json(cell, ColumnType::List).is_some() => ColumnType::List,
        b'{' if parse_json(cell, ColumnType::Object).is_some() => ColumnType::Object,
        _ => ColumnType::Text,
    }
}

/// The type of one JSON value, which is not null. Texts are times when they look so, and never numbers.
pub(super) fn type_of_value(value: &Value) -> ColumnType {
    match value {
        Value::Null => ColumnType::Empty,
        Value::Bool(_) => ColumnType::Boolean,
        Value::Number(_) => ColumnType::Number,
        Value::String(text) if is_time(text) => ColumnType::Time,
        Value::String(_) => ColumnType::Text,
        Value::Array(_) => ColumnType::List,
        Value::Object(_) => ColumnType::Object,
    }
}

pub(super) fn from_cell(cell: &str, kind: ColumnType) -> Value {
    let converted = match kind {
        ColumnType::Number => parse_number(cell).map(Value::Number),
        ColumnType::Boolean => parse_boolean(cell).map(Value::Bool),
        ColumnType::List | ColumnType::Object => parse_json(cell, kind),
        ColumnType::Text | ColumnType::Time | ColumnType::Mixed | ColumnType::Empty => None,
    };
    converted.unwrap_or_else(|| Value::String(cell.to_owned()))
}

/// Bends a JSON value to the type that the user chose for its column.
pub(super) fn from_value(value: Value, kind: ColumnType) -> Value {
    match (kind, value) {
        (ColumnType::Text, value @ (Value::Number(_) | Value::Bool(_))) => Value::String(value.to_string()),
        (
            ColumnType::Number | ColumnType::Boolean | ColumnType::List | ColumnType::Object,
            Value::String(text),
        ) => from_cell(&text, kind),
        (_, value) => value,
    }
}

/// A value where text is wanted (names, references, contents).
pub(super) fn into_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn parse_boolean(cell: &str) -> Option<bool> {
    if cell.eq_ignore_ascii_case("true") {
        Some(true)
    } else if cell.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn parse_json(cell: &str, kind: ColumnType) -> Option<Value> {
    let value: Value = serde_json::from_str(cell).ok()?;
    (type_of_value(&value) == kind).then_some(value)
}

/// A number that can be written back without loss of meaning: no leading zeros (postal codes), no plus (telephone
/// numbers), no integers beyond 64 bits (long keys).
pub(super) fn parse_number(cell: &str) -> Option<Number> {
    let unsigned = cell.strip_prefix('-').unwrap_or(cell);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 1 && unsigned.starts_with('0') {
        return None;
    }
    let rest = &unsigned[digits..];
    if rest.is_empty() {
        if digits == 0 {
            return None;
        }
        return cell
            .parse::<i64>()
            .ok()
            .map(Number::from)
            .or_else(|| cell.parse::<u64>().ok().map(Number::from));
    }
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let fraction_digits = match fraction.strip_prefix('.') {
        Some(fraction) => fraction,
        None if fraction.is_empty() => "",
        None => return None,
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if digits + fraction_digits.len() == 0 || !all_digits(fraction_digits) {
        return None;
    }
    if let Some(exponent) = exponent {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if exponent.is_empty() || !all_digits(exponent) {
            return None;
        }
    }
    Number::from_f64(cell.parse::<f64>().ok()?)
}

/// `2026-11-24`, or with `T` or a space `02:10`, `02:10:00`, `02:10:00.123`, and then `Z` or an offset.
pub(super) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes.len() > 40 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) =
        (digits(&bytes[..4]), digits(&bytes[5..7]), digits(&bytes[8..10]))
    else {
        return false;
    };
    if day == 0 || day > days_in_month(year, month) {
        return false;
    }
    match bytes.get(10) {
        None => true,
        Some(b'T' | b't' | b' ') => is_clock(&bytes[11..]),
        Some(_) => false,
    }
}

fn is_clock(bytes: &[u8]) -> bool {
    let Some((hour_minute, mut rest)) = bytes.split_at_checked(5) else { return false };
    if hour_minute[2] != b':' || !in_range(&hour_minute[..2], 23) || !in_range(&hour_minute[3..], 59) {
        return false;
    }
    if let Some(after) = rest.strip_prefix(b":") {
        let Some((seconds, after)) = after.split_at_checked(2) else { return false };
        if !in_range(seconds, 60) {
            return false;
        }
        rest = after;
        if let [b'.' | b',', after @ ..] = rest {
            let n = after.iter().take_while(|b| b.is_ascii_digit()).count();
            if n == 0 {
                return false;
            }
            rest = &after[n..];
        }
    }
    match rest {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', offset @ ..] => match offset.len() {
            2 => in_range(offset, 23),
            4 => in_range(&offset[..2], 23) && in_range(&offset[2..], 59),
            5 => offset[2] == b':' && in_range(&offset[..2], 23) && in_range(&offset[3..], 59),
            _ => false,
        },
        _ => false,
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

fn in_range(bytes: &[u8], max: u32) -> bool {
    digits(bytes).is_some_and(|n| n <= max)
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_type_that_keeps_their_meaning() {
        use ColumnType::*;
        for (cell, expected) in [
            ("0", Number),
            ("-7", Number),
            ("3.25", Number),
            (".5", Number),
            ("5.", Number),
            ("1e5", Number),
            ("-1.5E-3", Number),
            ("9223372036854775807", Number),
            ("18446744073709551615", Number),
            ("00123", Text),
            ("-012", Text),
            ("00.5", Text),
            ("+49123", Text),
            ("18446744073709551616", Text),
            ("1e999", Text),
            ("1_000", Text),
            ("1,5", Text),
            ("-", Text),
            (".", Text),
            ("1e", Text),
            ("e5", Text),
            ("0x10", Text),
            ("NaN", Text),
            ("true", Boolean),
            ("FALSE", Boolean),
            ("tru", Text),
            ("1.2.3", Text),
            ("2026-11-24", Time),
            ("2024-02-29", Time),
            ("2026-02-29", Text),
            ("2026-13-01", Text),
            ("2026-11-24T02:10:00.123Z", Time),
            ("2026-11-24 02:10", Time),
            ("2026-11-24T02:10:00+05:30", Time),
            ("2026-11-24T25:00:00", Text),
            ("2026-11-24T", Text),
            ("2026-11-24x", Text),
            ("[1, \"a\"]", List),
            ("['a']", Text),
            ("{\"a\": 1}", Object),
            ("{a}", Text),
            ("ünïcode", Text),
        ] {
            assert_eq!(type_of_cell(cell), expected, "for {cell:?}");
        }
    }

    #[test]
    fn cells_that_do_not_fit_their_column_stay_text() {
        for (cell, kind, expected) in [
            ("12", ColumnType::Number, serde_json::json!(12)),
            ("n/a", ColumnType::Number, serde_json::json!("n/a")),
            ("TRUE", ColumnType::Boolean, serde_json::json!(true)),
            ("12", ColumnType::Text, serde_json::json!("12")),
            ("[1]", ColumnType::List, serde_json::json!([1])),
            ("{}", ColumnType::List, serde_json::json!("{}")),
        ] {
            assert_eq!(from_cell(cell, kind), expected, "for {cell:?} as {kind:?}");
        }
    }
}
