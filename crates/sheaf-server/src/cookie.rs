//! The session's cookie: reading and writing its text.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::Options;

pub(crate) const NAME: &str = "sheaf_session";

/// The session's cookie of a request.
pub(crate) fn session(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == NAME && !value.is_empty())
        .map(|(_, value)| value)
}

/// Sets the session's cookie, for as long as a session can last.
pub(crate) fn set(token: &str, options: &Options, headers: &HeaderMap) -> Option<HeaderValue> {
    let seconds = sheaf_app::sessions::ABSOLUTE_MS / 1000;
    text(token, seconds, options, headers)
}

/// Takes the session's cookie away.
pub(crate) fn clear(options: &Options, headers: &HeaderMap) -> Option<HeaderValue> {
    text("", 0, options, headers)
}

fn text(value: &str, seconds: i64, options: &Options, headers: &HeaderMap) -> Option<HeaderValue> {
    let secure = if is_secure(options, headers) { "; Secure" } else { "" };
    let text = format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// A proxy's word is enough here without trusting it: who lies about it only loses their own cookie.
fn is_secure(options: &Options, headers: &HeaderMap) -> bool {
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    options.secure_cookies || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&'static str], expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        assert_eq!(session(&headers), expected, "{lines:?}");
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        check(&["sheaf_session=abc"], Some("abc"));
        check(&["a=b; sheaf_session=abc; c=d"], Some("abc"));
        check(&["a=b", "x=y;sheaf_session=abc"], Some("abc"));
        check(&["xsheaf_session=abc", "sheaf_session=", "sheaf_session"], None);
        check(&[], None);
    }
}
