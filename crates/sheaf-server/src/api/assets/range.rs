//! The header Range, of which one range is understood; whoever asks for several gets all.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderValue, header};
use sheaf_app::library::content::ByteRange;

/// The part that a request wants; `None`: all of it. Also when it has a part of something that is not this any more.
pub(super) fn wanted(request: &HeaderMap, tag: &str) -> Option<ByteRange> {
    if request.get(header::IF_RANGE).is_some_and(|seen| seen.as_bytes() != tag.as_bytes()) {
        return None;
    }
    let (first, last) = request.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    match (first, last) {
        ("", n) => Some(ByteRange::Last(number(n)?)),
        (first, "") => Some(ByteRange::From(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::Within(first, last))
        }
    }
}

/// `parse` alone would take a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

pub(super) fn say(headers: &mut HeaderMap, range: &Range<u64>, size: u64) {
    put(headers, &format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1)));
}

/// For an answer that has nothing of what was wanted.
pub(super) fn say_size(headers: &mut HeaderMap, size: u64) {
    put(headers, &format!("bytes */{size}"));
}

fn put(headers: &mut HeaderMap, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(header::CONTENT_RANGE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (text, expected) in [
            ("bytes=0-", Some(ByteRange::From(0))),
            ("bytes=5-9", Some(ByteRange::Within(5, 9))),
            ("bytes=-3", Some(ByteRange::Last(3))),
            ("bytes=9-5", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("bytes=0-1,4-5", None),
            ("items=0-1", None),
            ("bytes=0-99999999999999999999", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_str(text).unwrap());
            assert_eq!(wanted(&headers, "\"a\""), expected, "{text}");
            headers.insert(header::IF_RANGE, HeaderValue::from_static("\"a\""));
            assert_eq!(wanted(&headers, "\"a\""), expected, "{text}");
            assert_eq!(wanted(&headers, "\"b\""), None, "{text} of other bytes");
        }
    }
}
