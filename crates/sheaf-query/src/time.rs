//! Reading times: ISO dates and instants as half-open spans of milliseconds, and the words that are relative to now.
//!
//! UTC unless the text gives an offset. The clock is never read here: "now" comes in as a parameter.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Half-open, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSpan {
    pub from_ms: i64,
    pub until_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relative {
    Now,
    Today,
    Yesterday,
    /// So many units before now.
    Ago(i64, Unit),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// `now`, `today`, `yesterday`, `-7d` (`h` hours, `d` days, `w` weeks, `m` months, `y` years).
pub fn read_relative(text: &str) -> Option<Relative> {
    if text.len() > 24 || !text.is_ascii() {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "now" => return Some(Relative::Now),
        "today" => return Some(Relative::Today),
        "yesterday" => return Some(Relative::Yesterday),
        _ => {}
    }
    let body = lower.strip_prefix('-')?;
    let unit = match body.chars().last()? {
        'h' => Unit::Hour,
        'd' => Unit::Day,
        'w' => Unit::Week,
        'm' => Unit::Month,
        'y' => Unit::Year,
        _ => return None,
    };
    let digits = body.get(..body.len() - 1)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(Relative::Ago(digits.parse().ok()?, unit))
}

pub fn is_relative(text: &str) -> bool {
    read_relative(text).is_some()
}

impl Relative {
    /// True for words that name a whole day, not a moment.
    pub fn is_day(self) -> bool {
        matches!(self, Relative::Today | Relative::Yesterday)
    }

    /// The span it means at `now_ms`, and the absolute text that means the same.
    /// Nothing when it lies outside of the calendar.
    pub fn resolve(self, now_ms: i64) -> Option<(TimeSpan, String)> {
        let now = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(now_ms).ok()?);
        let moment = match self {
            Relative::Today => return day(now.date()),
            Relative::Yesterday => return day(now.date().yesterday().ok()?),
            Relative::Now => now,
            Relative::Ago(n, unit) => {
                let n = i32::try_from(n).ok()?;
                let back = match unit {
                    Unit::Hour => jiff::Span::new().try_hours(n).ok()?,
                    Unit::Day => jiff::Span::new().try_days(n).ok()?,
                    Unit::Week => jiff::Span::new().try_weeks(n).ok()?,
                    Unit::Month => jiff::Span::new().try_months(n).ok()?,
                    Unit::Year => jiff::Span::new().try_years(n).ok()?,
                };
                now.checked_sub(back).ok()?
            }
        };
        let from_ms = to_ms(moment)?;
        Some((TimeSpan { from_ms, until_ms: from_ms.checked_add(1)? }, instant_text(from_ms)?))
    }
}

fn day(date: Date) -> Option<(TimeSpan, String)> {
    if date.year() < 0 {
        return None;
    }
    let from_ms = to_ms(date.at(0, 0, 0, 0))?;
    let text = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    Some((TimeSpan { from_ms, until_ms: from_ms.checked_add(DAY_MS)? }, text))
}

/// The moment as `2026-11-20T10:00:00.000Z`. Nothing outside of the years 0 to 9999.
pub fn instant_text(ms: i64) -> Option<String> {
    let at = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(ms).ok()?);
    if at.year() < 0 {
        return None;
    }
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    ))
}

fn to_ms(at: DateTime) -> Option<i64> {
    Some(TimeZone::UTC.to_timestamp(at).ok()?.as_millisecond())
}

/// `2026-11`, `2026-11-20`, `2026-11-20T10:00`, `2026-11-20 10:00:30.5+01:00` and the forms between them, each as wide
/// as it is precise: a month is the whole month, a minute the whole minute, anything with a fraction one millisecond.
pub fn read_absolute(text: &str) -> Option<TimeSpan> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let year = reader.digits(4)?;
    reader.expect(b'-')?;
    let month = reader.digits(2)?;
    let year = i16::try_from(year).ok()?;
    let month = i8::try_from(month).ok()?;
    if reader.at_end() {
        let first = Date::new(year, month, 1).ok()?;
        return between(first, first.checked_add(1.months()).ok()?);
    }
    reader.expect(b'-')?;
    let date = Date::new(year, month, i8::try_from(reader.digits(2)?).ok()?).ok()?;
    let mut width = DAY_MS;
    let mut within = 0;
    if matches!(reader.peek(), Some(b'T' | b't' | b' ')) {
        reader.at += 1;
        within = reader.below(24)? * HOUR_MS;
        width = HOUR_MS;
        if reader.eat(b':') {
            within += reader.below(60)? * 60_000;
            width = 60_000;
            if reader.eat(b':') {
                within += reader.below(60)? * 1000;
                width = 1000;
                if reader.eat(b'.') {
                    within += reader.fraction_ms()?;
                    width = 1;
                }
            }
        }
    }
    let offset = reader.offset_ms()?;
    if !reader.at_end() {
        return None;
    }
    let from_ms = to_ms(date.at(0, 0, 0, 0))?.checked_add(within)?.checked_sub(offset)?;
    Some(TimeSpan { from_ms, until_ms: from_ms.checked_add(width)? })
}

/// A lone year of four digits, as the time fields read it.
pub fn read_year(text: &str) -> Option<TimeSpan> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let year = i16::try_from(reader.digits(4)?).ok()?;
    if !reader.at_end() {
        return None;
    }
    let first = Date::new(year, 1, 1).ok()?;
    between(first, first.checked_add(1.year()).ok()?)
}

fn between(from: Date, until: Date) -> Option<TimeSpan> {
    Some(TimeSpan { from_ms: to_ms(from.at(0, 0, 0, 0))?, until_ms: to_ms(until.at(0, 0, 0, 0))? })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    fn digits(&mut self, n: usize) -> Option<i64> {
        let mut value = 0;
        for _ in 0..n {
            let byte = self.peek().filter(u8::is_ascii_digit)?;
            value = value * 10 + i64::from(byte - b'0');
            self.at += 1;
        }
        Some(value)
    }

    fn below(&mut self, limit: i64) -> Option<i64> {
        self.digits(2).filter(|n| *n < limit)
    }

    /// Digits behind the point, cut to milliseconds.
    fn fraction_ms(&mut self) -> Option<i64> {
        let (mut value, mut scale) = (0, 100);
        let start = self.at;
        while let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            value += i64::from(byte - b'0') * scale;
            scale /= 10;
            self.at += 1;
        }
        (self.at > start && self.at - start <= 9).then_some(value)
    }

    /// `Z`, `+01:00`, `+0100`, `+01`, or nothing for UTC.
    fn offset_ms(&mut self) -> Option<i64> {
        let sign = match self.peek() {
            None => return Some(0),
            Some(b'Z' | b'z') => {
                self.at += 1;
                return Some(0);
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.at += 1;
        let mut offset = self.below(24)? * HOUR_MS;
        if self.eat(b':') || !self.at_end() {
            offset += self.below(60)? * 60_000;
        }
        Some(sign * offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24T12:30:00Z
    const NOW: i64 = 1_795_523_400_000;

    #[test]
    fn absolute_times() {
        let check = |text: &str, from: &str, width: i64| {
            let want = from.parse::<Timestamp>().unwrap().as_millisecond();
            assert_eq!(
                read_absolute(text),
                Some(TimeSpan { from_ms: want, until_ms: want + width }),
                "{text}"
            );
        };
        check("2026-11", "2026-11-01T00:00:00Z", 30 * DAY_MS);
        check("2024-02", "2024-02-01T00:00:00Z", 29 * DAY_MS);
        check("2026-11-20", "2026-11-20T00:00:00Z", DAY_MS);
        check("2026-11-20+02:00", "2026-11-19T22:00:00Z", DAY_MS);
        check("2026-11-20T10", "2026-11-20T10:00:00Z", HOUR_MS);
        check("2026-11-20T10:05", "2026-11-20T10:05:00Z", 60_000);
        check("2026-11-20 10:05:06", "2026-11-20T10:05:06Z", 1000);
        check("2026-11-20T10:05:06Z", "2026-11-20T10:05:06Z", 1000);
        check("2026-11-20T10:05:06.5-0130", "2026-11-20T11:35:06.5Z", 1);
        check("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z", 1);
    }

    #[test]
    fn not_times() {
        for text in [
            "",
            "2026",
            "2026-13",
            "2026-02-30",
            "2026-11-20T24",
            "2026-11-20T10:60",
            "2026-11-20x",
            "2026-11-",
            "26-11-20",
            "2026-11-20T10:05:06.",
            "2026-11-20T10+1",
            "２026-11",
        ] {
            assert_eq!(read_absolute(text), None, "{text}");
        }
    }

    #[test]
    fn years() {
        assert_eq!(read_year("1970"), Some(TimeSpan { from_ms: 0, until_ms: 365 * DAY_MS }));
        assert_eq!(read_year("19700"), None);
        assert_eq!(read_year("0000").map(|s| s.until_ms > s.from_ms), Some(true));
        assert_eq!(read_year("9999"), None, "its end is outside of the calendar");
    }

    #[test]
    fn relative_times() {
        let check = |text: &str, want: &str| {
            let (span, absolute) = read_relative(text).unwrap().resolve(NOW).unwrap();
            assert_eq!(absolute, want, "{text}");
            assert_eq!(read_absolute(&absolute), Some(span), "{text}: the text means the same span");
        };
        check("now", "2026-11-24T12:30:00.000Z");
        check("today", "2026-11-24");
        check("Yesterday", "2026-11-23");
        check("-3h", "2026-11-24T09:30:00.000Z");
        check("-7d", "2026-11-17T12:30:00.000Z");
        check("-2w", "2026-11-10T12:30:00.000Z");
        check("-9m", "2026-02-24T12:30:00.000Z");
        check("-1y", "2025-11-24T12:30:00.000Z");
    }

    #[test]
    fn not_relative() {
        for text in ["", "-", "-d", "7d", "-7", "-7x", "-7.5d", "--7d", "tomorrow", "-７d"] {
            assert_eq!(read_relative(text), None, "{text}");
        }
        assert_eq!(read_relative("-99999999999d").and_then(|r| r.resolve(NOW)), None);
        assert_eq!(read_relative("-2000000d").and_then(|r| r.resolve(NOW)), None, "before the year 0");
        assert_eq!(Relative::Today.resolve(i64::MAX), None);
    }
}
