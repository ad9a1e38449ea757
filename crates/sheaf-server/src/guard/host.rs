//! Which names the server answers to. A browser on this machine can be made to ask us under a foreign name (DNS
//! rebinding); the name in the request gives it away.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Options;
use crate::error::ApiError;
use crate::site::Site;

const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

pub(crate) async fn check(State(site): State<Site>, request: Request, next: Next) -> Response {
    let options: Arc<Options> = axum::extract::FromRef::from_ref(&site);
    // Whatever watches the server names it as it likes, and learns nothing there, or shows a key.
    let is_watch = matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics");
    let is_allowed =
        is_watch || name(request.uri(), request.headers()).is_some_and(|name| allows(&options, name));
    if is_allowed {
        return next.run(request).await;
    }
    ApiError::new(StatusCode::FORBIDDEN, "bad_host", "this server does not answer to that name")
        .hint("add the name to the hosts that the server is started with")
        .into_response()
}

/// The name that a request is for, without the port.
fn name<'r>(uri: &'r Uri, headers: &'r axum::http::HeaderMap) -> Option<&'r str> {
    let authority = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => headers.get(header::HOST)?.to_str().ok()?,
    };
    Some(without_port(authority))
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.is_empty() => name,
        _ => authority,
    }
}

fn allows(options: &Options, name: &str) -> bool {
    let is_local = LOCAL.iter().any(|local| local.eq_ignore_ascii_case(name));
    let any = !options.loopback && options.hosts.is_empty();
    is_local || any || options.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(loopback: bool, hosts: &[&str], authority: &str, expected: bool) {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        let options = Options { loopback, hosts, ..Options::default() };
        assert_eq!(allows(&options, without_port(authority)), expected, "{authority}");
    }

    #[test]
    fn names() {
        for local in ["localhost", "LOCALHOST:8420", "127.0.0.1:8420", "127.0.0.1", "[::1]:8420", "[::1]"] {
            check(true, &[], local, true);
            check(false, &["labels.example.org"], local, true);
        }
        for foreign in
            ["evil.example", "evil.example:8420", "localhost.evil.example", "127.0.0.1.evil.example", ""]
        {
            check(true, &[], foreign, false);
            check(false, &["labels.example.org"], foreign, false);
            check(true, &["labels.example.org"], foreign, false);
        }
        check(true, &["labels.example.org"], "Labels.Example.org:443", true);
        check(false, &[], "anything.example", true);
    }
}
