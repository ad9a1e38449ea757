//! Sending one message to one endpoint, as if the endpoint were hostile: the address is checked after the name was looked
//! up and is the one that is connected to, no redirect is followed, no proxy is used, nothing of the answer is kept but
//! its status.

use std::fmt;
use std::time::{Duration, Instant};

use sheaf_app::webhooks::deliver::{Attempt, Dispatch};
use sheaf_model::{Millis, Reach};
use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error};

/// How long looking up, connecting, sending and the head of the answer may take together.
pub const SEND_WITHIN: Duration = Duration::from_secs(15);
/// Bytes of the head of an answer.
const HEAD_BYTES_MAX: usize = 16 * 1024;

pub struct Sender {
    agent: Agent,
}

impl Sender {
    pub fn new(reach: Reach, within: Duration) -> Self {
        Self::with_lookup(reach, within, DefaultResolver::default())
    }

    /// One that looks names up in its own way.
    pub fn with_lookup(reach: Reach, within: Duration, lookup: impl Resolver) -> Self {
        Self {
            agent: agent_with(reach, within, concat!("Sheaf-Webhooks/", env!("CARGO_PKG_VERSION")), lookup),
        }
    }

    /// Sends, on the calling thread.
    pub fn send(&self, dispatch: &Dispatch) -> Attempt {
        let began = Instant::now();
        let request = self
            .agent
            .post(&dispatch.url)
            .header("content-type", "application/json")
            .header("webhook-id", dispatch.id.to_string())
            .header("webhook-timestamp", dispatch.timestamp.to_string())
            .header("webhook-signature", &dispatch.signature);
        let answer = request.send(dispatch.body.as_bytes());
        Attempt {
            retry_after: answer.as_ref().ok().and_then(retry_after),
            answer: answer.map(|answer| answer.status().as_u16()).map_err(|error| reason(&error).to_owned()),
            took_ms: i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
        }
    }
}

/// Who calls addresses that others have chosen: only those that may be reached, without redirects and proxies.
pub(crate) fn agent(reach: Reach, within: Duration, name: &str) -> Agent {
    agent_with(reach, within, name, DefaultResolver::default())
}

fn agent_with(reach: Reach, within: Duration, name: &str, lookup: impl Resolver) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(within))
        .max_response_header_size(HEAD_BYTES_MAX)
        // Every attempt looks the name up and is checked anew.
        .max_idle_connections(0)
        .user_agent(name)
        .build();
    Agent::with_parts(config, DefaultConnector::default(), Checked { reach, lookup })
}

/// `Retry-After` in seconds, of the answers that may have it.
fn retry_after(answer: &Response<Body>) -> Option<Millis> {
    if !matches!(answer.status().as_u16(), 429 | 503) {
        return None;
    }
    let seconds: Millis = answer.headers().get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    seconds.checked_mul(1_000)
}

/// Why there is no answer, in words of ours: what an endpoint says is not repeated.
pub(crate) fn reason(error: &Error) -> &'static str {
    use std::io::ErrorKind as Kind;
    match error {
        Error::Other(inner) if inner.is::<NotAllowed>() => {
            "the host has no address of the public internet; nothing was sent"
        }
        Error::HostNotFound => "the host is not known",
        Error::Timeout(_) => "no answer in time",
        Error::Tls(_) | Error::Rustls(_) => "the secure connection failed; is the certificate valid?",
        Error::Protocol(_) => "the answer was not HTTP",
        Error::Http(_) | Error::BadUri(_) => "the URL cannot be called",
        Error::Io(io) => match io.kind() {
            Kind::ConnectionRefused => "the connection was refused",
            Kind::TimedOut => "no answer in time",
            // rustls tells of a certificate that it does not trust in this way.
            Kind::InvalidData => "the secure connection failed; is the certificate valid?",
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::UnexpectedEof | Kind::BrokenPipe => {
                "the connection broke off"
            }
            _ => "the connection failed",
        },
        _ => "it could not be sent",
    }
}

/// Looks names up, and gives out only addresses that may be connected to.
#[derive(Debug)]
struct Checked<R> {
    reach: Reach,
    lookup: R,
}

impl<R: Resolver> Resolver for Checked<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.lookup.resolve(uri, config, timeout).map_err(|error| match error {
            Error::Io(_) => Error::HostNotFound,
            other => other,
        })?;
        let mut allowed = self.empty();
        for address in found.iter().filter(|address| self.reach.allows(address.ip())) {
            allowed.push(*address);
        }
        if allowed.is_empty() { Err(Error::Other(Box::new(NotAllowed))) } else { Ok(allowed) }
    }
}

/// No address that may be connected to.
#[derive(Debug)]
struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no address that may be connected to")
    }
}

impl std::error::Error for NotAllowed {}
