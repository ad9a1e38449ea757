//! Is a text an http(s) address that a browser may be sent to? Nothing is fetched here.

use crate::problem::{Problem, ProblemCode, shown};

const BYTES_MAX: usize = 8192;

/// Cheap enough for every value of a column.
pub(super) fn looks_like_http(text: &str) -> bool {
    after_scheme(text).is_some_and(|rest| !rest.is_empty())
}

fn after_scheme(text: &str) -> Option<&str> {
    let end = match text.as_bytes() {
        bytes if bytes.len() > 7 && bytes[..7].eq_ignore_ascii_case(b"http://") => 7,
        bytes if bytes.len() > 8 && bytes[..8].eq_ignore_ascii_case(b"https://") => 8,
        _ => return None,
    };
    Some(&text[end..])
}

/// Refuses what is not a plain absolute http(s) address.
pub fn check(text: &str) -> Result<(), Problem> {
    let refuse = |message: &str, hint: &str| {
        Err(Problem::new(ProblemCode::BadUrl, format!("{message}: {}", shown(text, 120))).hint(hint))
    };
    if text.len() > BYTES_MAX {
        return refuse("the URL is longer than 8192 bytes", "shorten it");
    }
    let Some(rest) = after_scheme(text) else {
        return refuse("the URL is not http or https", "write the whole address, beginning with https://");
    };
    let blank = |text: &str| text.chars().any(|c| c.is_whitespace() || c.is_control());
    if text.bytes().any(|b| b <= b' ' || b == 0x7f) || (!text.is_ascii() && blank(text)) {
        return refuse("the URL contains a space or control character", "write %20 for a space");
    }
    if text.contains('\\') {
        return refuse("the URL contains a backslash", "use / in addresses");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    if authority.contains('@') {
        return refuse("the URL contains a user name", "remove it, every annotator would see it");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    };
    let in_brackets = |h: &str| h.starts_with('[') && h.ends_with(']') && h.len() > 2;
    let plain =
        |h: &str| h.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_') || !c.is_ascii());
    if host.is_empty() || !(in_brackets(host) || plain(host)) {
        return refuse("the URL has no valid host", "write the whole address, beginning with https://");
    }
    if !port.is_empty() && port.parse::<u16>().is_err() {
        return refuse("the URL has no valid port", "a port is a number up to 65535");
    }
    Ok(())
}

/// The end of the address as a name for the asset: `https://x.org/a/b.png?c` -> `b.png`.
pub(super) fn last_part(text: &str) -> &str {
    let rest = after_scheme(text).unwrap_or(text);
    let path = rest.split(['?', '#']).next().unwrap_or("");
    path.trim_end_matches('/').rsplit('/').next().filter(|part| !part.is_empty()).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_addresses_pass() {
        for good in [
            "https://example.org/a.png",
            "HTTP://EXAMPLE.org",
            "http://localhost:8080/x?y=1#z",
            "https://[::1]:80/a",
            "https://bücher.example/ü.png",
            "https://s3.amazonaws.com/bucket/a%20b.png?X-Amz-Signature=a@b",
        ] {
            assert_eq!(check(good), Ok(()), "for {good}");
        }
        for bad in [
            "",
            "a.png",
            "//example.org/a.png",
            "s3://bucket/key",
            "ftp://example.org/a",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "https://",
            "https:///a.png",
            "http://?a",
            "https://user:pass@example.org/",
            "https://example.org/a b.png",
            "https://example.org/\n",
            "https://exa<mple.org/",
            "https://example.org:99999/",
            "https://example.org\\@evil.org/",
            " https://example.org",
        ] {
            assert_eq!(check(bad).unwrap_err().code, ProblemCode::BadUrl, "for {bad}");
        }
    }

    #[test]
    fn a_url_names_its_asset() {
        for (url, expected) in
            [("https://x.org/a/b.png?c=/d", "b.png"), ("https://x.org/a/", "a"), ("https://x.org", "x.org")]
        {
            assert_eq!(last_part(url), expected);
        }
    }
}
