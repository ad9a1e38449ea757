//! Whose page a change comes from. A browser adds our cookie also to what a foreign page sends (CSRF), so every change
//! must come from a page of our own, unless the request shows a key, which no browser adds by itself.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::cookie;
use crate::error::ApiError;

#[derive(Debug, PartialEq, Eq)]
enum Origin {
    Same,
    Foreign,
    /// Not a browser, or a very old one.
    Unknown,
}

pub(crate) async fn check(request: Request, next: Next) -> Response {
    if is_allowed(request.method(), request.headers(), request.uri().authority().map(|a| a.as_str())) {
        return next.run(request).await;
    }
    ApiError::new(StatusCode::FORBIDDEN, "cross_origin", "a change must come from a page of this server")
        .hint("programs send an API key in the Authorization header")
        .into_response()
}

fn is_allowed(method: &Method, headers: &HeaderMap, authority: Option<&str>) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
        || headers.contains_key(header::AUTHORIZATION)
    {
        return true;
    }
    match origin(headers, authority) {
        Origin::Same => true,
        Origin::Foreign => false,
        Origin::Unknown => cookie::session(headers).is_none(),
    }
}

fn origin(headers: &HeaderMap, authority: Option<&str>) -> Origin {
    if let Some(site) = headers.get("sec-fetch-site") {
        return if matches!(site.as_bytes(), b"same-origin" | b"none") {
            Origin::Same
        } else {
            Origin::Foreign
        };
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return Origin::Unknown };
    let host = authority.or_else(|| headers.get(header::HOST)?.to_str().ok());
    let own =
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).is_some_and(|(scheme, place)| {
            let default = if scheme == "https" { ":443" } else { ":80" };
            let bare = |text: &str| text.strip_suffix(default).unwrap_or(text).to_ascii_lowercase();
            host.is_some_and(|host| bare(host) == bare(place))
        });
    if own { Origin::Same } else { Origin::Foreign }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(method: Method, pairs: &[(&'static str, &'static str)], expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("labels.example.org:8420"));
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        assert_eq!(is_allowed(&method, &headers, None), expected, "{method} {pairs:?}");
    }

    #[test]
    fn changes_with_a_cookie_need_our_own_page() {
        let cookie = ("cookie", "sheaf_session=x");
        check(Method::GET, &[cookie, ("sec-fetch-site", "cross-site")], true);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            check(method.clone(), &[cookie], false);
            check(method.clone(), &[], true);
            check(method.clone(), &[cookie, ("sec-fetch-site", "same-origin")], true);
            check(method.clone(), &[cookie, ("sec-fetch-site", "none")], true);
            check(method.clone(), &[cookie, ("sec-fetch-site", "same-site")], false);
            check(method.clone(), &[("sec-fetch-site", "cross-site")], false);
            check(method.clone(), &[cookie, ("origin", "http://labels.example.org:8420")], true);
            check(method.clone(), &[cookie, ("origin", "http://labels.example.org")], false);
            check(method.clone(), &[cookie, ("origin", "https://evil.example")], false);
            check(method.clone(), &[cookie, ("origin", "null")], false);
            check(method, &[("authorization", "Bearer sheaf_x"), ("origin", "https://evil.example")], true);
        }
        check(Method::POST, &[cookie, ("host", "a.example:443"), ("origin", "https://a.example")], true);
        check(Method::POST, &[cookie, ("host", "a.example"), ("origin", "https://A.example:443")], true);
    }
}
