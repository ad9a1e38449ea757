//! Fetching an attachment, as if the other side were hostile: the address is checked after its name was looked up, and is
//! the one that is connected to; redirects are followed by hand, each checked like the first; no proxy, no more bytes and time
//! than agreed; nothing of what it says gets into an error.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use sheaf_app::scale::fetch::{BYTES_MAX, Failure};
use sheaf_app::scale::files::Temporary;
use sheaf_model::{Reach, WebhookUrl};
use ureq::Agent;

use crate::webhooks::{agent, reason};

/// How long a fetch may take, with all of its redirects.
pub(super) const FETCH_WITHIN: Duration = Duration::from_secs(60);
const REDIRECTS_MAX: u32 = 5;

pub(super) struct Fetcher {
    agent: Agent,
    within: Duration,
}

impl Fetcher {
    pub(super) fn new(reach: Reach, within: Duration) -> Self {
        Self { agent: agent(reach, within, concat!("Sheaf/", env!("CARGO_PKG_VERSION"))), within }
    }

    /// Fetches into the file, on the calling thread.
    pub(super) fn fetch(&self, url: &str, to: Temporary) -> Result<Temporary, Failure> {
        let deadline = Instant::now() + self.within;
        let mut url = url.to_owned();
        for _ in 0..=REDIRECTS_MAX {
            let answer = self.agent.get(&url).call().map_err(|error| Failure {
                status: None,
                reason: reason(&error).to_owned(),
                passes: !matches!(error, ureq::Error::Other(_) | ureq::Error::BadUri(_)),
            })?;
            let status = answer.status().as_u16();
            if matches!(status, 301 | 302 | 303 | 307 | 308) {
                let place = answer.headers().get("location").and_then(|value| value.to_str().ok());
                url = place.and_then(|place| onward(&url, place)).ok_or_else(|| {
                    failure(Some(status), "it was redirected to what cannot be fetched", false)
                })?;
                continue;
            }
            if status != 200 {
                let passes = matches!(status, 408 | 429 | 500..=599);
                return Err(failure(Some(status), &format!("the answer was {status}"), passes));
            }
            return copy(answer.into_body().into_reader(), to, deadline);
        }
        Err(failure(None, "it was redirected too often", false))
    }
}

fn copy(mut from: impl Read, to: Temporary, deadline: Instant) -> Result<Temporary, Failure> {
    let (mut buffer, mut size) = (vec![0; 64 * 1024], 0u64);
    loop {
        let n = from.read(&mut buffer).map_err(|_| failure(Some(200), "the connection broke off", true))?;
        if n == 0 {
            return Ok(to);
        }
        size += n as u64;
        if size > BYTES_MAX {
            let what = format!("it has more than {BYTES_MAX} bytes");
            return Err(failure(Some(200), &what, false));
        }
        if Instant::now() > deadline {
            return Err(failure(Some(200), "it took too long", true));
        }
        to.as_file().write_all(&buffer[..n]).map_err(|_| failure(None, "it could not be stored", true))?;
    }
}

fn failure(status: Option<u16>, reason: &str, passes: bool) -> Failure {
    Failure { status, reason: reason.to_owned(), passes }
}

/// Where a redirect leads, if that may be fetched: a whole address, or one that is resolved against the address which was asked,
/// as RFC 3986 (5.2) has it.
fn onward(from: &str, place: &str) -> Option<String> {
    let from = WebhookUrl::fetched(from).ok()?;
    let place = place.split('#').next().unwrap_or_default().trim();
    let (origin, path) = from.as_str().split_at(from.origin().len());
    let path = path.split('?').next().unwrap_or_default();
    // What has a colon in its first part begins with a scheme.
    let is_whole = place.split(['/', '?']).next().is_some_and(|first| first.contains(':'));
    let whole = if place.is_empty() {
        from.as_str().to_owned()
    } else if is_whole {
        place.to_owned()
    } else if let Some(rest) = place.strip_prefix("//") {
        format!("{}://{rest}", origin.split_once("://")?.0)
    } else if place.starts_with('/') {
        format!("{origin}{place}")
    } else if place.starts_with('?') {
        format!("{origin}{path}{place}")
    } else {
        let folder = &path[..=path.rfind('/')?];
        format!("{origin}{}", without_dots(&format!("{folder}{place}")))
    };
    WebhookUrl::fetched(&whole).ok().map(|url| url.as_str().to_owned())
}

/// A path, perhaps with a query, in which `.` and `..` are resolved.
fn without_dots(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let mut parts = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    // What ends in a folder goes on ending in one.
    if path.ends_with("/.") || path.ends_with("/..") {
        parts.push("");
    }
    format!("/{}{query}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects() {
        for (place, expected) in [
            ("/b", Some("https://a.example/b")),
            ("//b.example/c", Some("https://b.example/c")),
            ("http://b.example/", Some("http://b.example/")),
            ("file:///etc/passwd", None),
            ("http://ann@b.example/", None),
            ("javascript:alert(1)", None),
            ("http://127.1/", None),
            ("b", Some("https://a.example/files/new/b")),
            ("./b/?q=../x", Some("https://a.example/files/new/b/?q=../x")),
            ("../b", Some("https://a.example/files/b")),
            ("../../../..", Some("https://a.example/")),
            ("?part=2", Some("https://a.example/files/new/x?part=2")),
            ("#page", Some("https://a.example/files/new/x?part=1")),
            ("/b?next=http://c.example/#page", Some("https://a.example/b?next=http://c.example/")),
        ] {
            let from = "https://a.example/files/new/x?part=1";
            assert_eq!(onward(from, place).as_deref(), expected, "{place}");
        }
        let signed = format!("/b?signature={}", "x".repeat(6_000));
        assert_eq!(onward("https://a.example/x", &signed), Some(format!("https://a.example{signed}")));
    }
}
