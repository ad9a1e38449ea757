//! The one HTTP client of the command line. Errors of the server become errors with its own words.

use std::fmt;
use std::fs::File;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::diagnostics::pointed;

/// A server and a key. Cheap to clone, shares its connections.
#[derive(Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
    authorization: String,
}

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The server could not be reached, or the connection broke.
    Connection(String),
    /// The server said no.
    Api { status: u16, code: String, message: String, hint: Option<String>, details: Option<Value> },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(text) => write!(f, "no connection to the server: {text}"),
            Self::Api { details: Some(details), .. } if let Some(places) = pointed(details) => {
                write!(f, "the query has errors\n{places}")
            }
            Self::Api { message, hint: Some(hint), .. } => write!(f, "{message} ({hint})"),
            Self::Api { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// Another try may succeed.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Api { status, code, .. } => matches!(status, 429 | 500 | 502..=504) || code == "file_busy",
        }
    }
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Deserialize)]
struct ErrorDetail {
    code: String,
    message: String,
    hint: Option<String>,
    details: Option<Value>,
}

/// An error under `/v1` and `/v2`.
#[derive(Deserialize)]
struct ScaleErrorBody {
    error: String,
}

/// Answers are lists and objects of known size; nothing larger is expected.
const ANSWER_BYTES_MAX: u64 = 256 * 1024 * 1024;

impl Client {
    pub(crate) fn new(base: &str, key: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        let local =
            ["http://127.", "http://localhost", "http://[::1]"].iter().any(|own| base.starts_with(own));
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .user_agent(concat!("sheaf/", env!("CARGO_PKG_VERSION")));
        if local {
            config = config.proxy(None);
        }
        Self { agent: config.build().new_agent(), base, authorization: format!("Bearer {key}") }
    }

    /// Address of the server, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Whether there is a server that takes the key.
    pub(crate) fn check(&self) -> Result<()> {
        self.get::<Value>("/api/projects?limit=1").map(|_| ())
    }

    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.agent.get(self.url(path)).header("Authorization", &self.authorization);
        read(request.call())
    }

    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        let request = self.agent.post(self.url(path)).header("Authorization", &self.authorization);
        read(request.send_json(body))
    }

    /// [`Client::post`] where the answer is that it was done.
    pub(crate) fn post_silent(&self, path: &str, body: &impl Serialize) -> Result<()> {
        let request = self.agent.post(self.url(path)).header("Authorization", &self.authorization);
        silent(request.send_json(body))
    }

    pub(crate) fn patch<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        let request = self.agent.patch(self.url(path)).header("Authorization", &self.authorization);
        read(request.send_json(body))
    }

    pub(crate) fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T> {
        let request = self.agent.put(self.url(path)).header("Authorization", &self.authorization);
        read(request.send_json(body))
    }

    /// Asks for something to be deleted.
    pub(crate) fn delete(&self, path: &str) -> Result<()> {
        let request = self.agent.delete(self.url(path)).header("Authorization", &self.authorization);
        silent(request.call())
    }

    pub(crate) fn put_bytes<T: DeserializeOwned>(&self, path: &str, bytes: &[u8]) -> Result<T> {
        let request = self.agent.put(self.url(path)).header("Authorization", &self.authorization);
        read(request.content_type("application/octet-stream").send(bytes))
    }

    pub(crate) fn put_file<T: DeserializeOwned>(&self, path: &str, file: &File) -> Result<T> {
        let request = self.agent.put(self.url(path)).header("Authorization", &self.authorization);
        read(request.content_type("application/octet-stream").send(file))
    }

    /// Sends what a reader gives, without holding it.
    pub(crate) fn post_stream<T: DeserializeOwned>(
        &self,
        path: &str,
        kind: &str,
        body: &mut dyn std::io::Read,
    ) -> Result<T> {
        let request = self.agent.post(self.url(path)).header("Authorization", &self.authorization);
        read(request.content_type(kind).send(ureq::SendBody::from_reader(body)))
    }

    /// [`Client::post_stream`] with PUT.
    pub(crate) fn put_stream<T: DeserializeOwned>(
        &self,
        path: &str,
        kind: &str,
        body: &mut dyn std::io::Read,
    ) -> Result<T> {
        let request = self.agent.put(self.url(path)).header("Authorization", &self.authorization);
        read(request.content_type(kind).send(ureq::SendBody::from_reader(body)))
    }

    /// Streams an answer into a writer; how many bytes it had. A transfer that breaks off is a failure.
    pub(crate) fn download(&self, path: &str, out: &mut dyn std::io::Write) -> Result<u64> {
        let request = self.agent.get(self.url(path)).header("Authorization", &self.authorization);
        let mut answer = request.call().map_err(|error| Failure::Connection(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(read::<Value>(Ok(answer))
                .err()
                .unwrap_or_else(|| Failure::Connection("no answer".into())));
        }
        let mut body = answer.body_mut().with_config().limit(u64::MAX).reader();
        std::io::copy(&mut body, out).map_err(|error| Failure::Connection(error.to_string()))
    }

    /// Every item of a list, page after page. `path` may have a query.
    pub(crate) fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>> {
        #[derive(Deserialize)]
        struct Page<T> {
            items: Vec<T>,
            next_cursor: Option<String>,
        }
        let join = if path.contains('?') { '&' } else { '?' };
        let (mut out, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page: Page<T> = match &cursor {
                None => self.get(path)?,
                Some(cursor) => self.get(&format!("{path}{join}cursor={}", escaped(cursor)))?,
            };
            out.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(out),
            }
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// Of an answer that there may be nothing to read of.
fn silent(answer: std::result::Result<Response<Body>, ureq::Error>) -> Result<()> {
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        answer => read::<Value>(answer).map(|_| ()),
    }
}

fn read<T: DeserializeOwned>(answer: std::result::Result<Response<Body>, ureq::Error>) -> Result<T> {
    let lost = |error: ureq::Error| Failure::Connection(error.to_string());
    let mut answer = answer.map_err(lost)?;
    let status = answer.status().as_u16();
    let bytes = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(lost)?;
    let strange = || Failure::Api {
        status,
        code: "strange_answer".into(),
        message: format!("the server answered {status} with something that is not Sheaf's"),
        hint: Some("is this the address of a Sheaf server?".into()),
        details: None,
    };
    if (200..300).contains(&status) {
        return serde_json::from_slice(&bytes).map_err(|_| strange());
    }
    // Scale's API says it as a text.
    let body: serde_json::Result<ScaleErrorBody> = serde_json::from_slice(&bytes);
    if let Ok(ScaleErrorBody { error: message }) = body {
        return Err(Failure::Api { status, code: "scale".into(), message, hint: None, details: None });
    }
    let body: ErrorBody = serde_json::from_slice(&bytes).map_err(|_| strange())?;
    let ErrorDetail { code, message, hint, details } = body.error;
    Err(Failure::Api { status, code, message, hint, details })
}

/// Text as a part of an address.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_addresses_are_escaped() {
        for (text, expected) in
            [("a.png", "a.png"), ("día 1/a&b=c#?.png", "d%C3%ADa%201%2Fa%26b%3Dc%23%3F.png")]
        {
            assert_eq!(escaped(text), expected);
        }
    }
}
