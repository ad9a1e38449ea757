//! An answer of the server.

use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

#[derive(Debug)]
pub struct Answer {
    /// Method and path, for the message of a failure.
    pub asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is not.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or(""))
    }

    /// Fails the test unless the status is this one; the body.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text());
        self.json()
    }

    /// Fails the test unless it is an error of the one shape with this code; the error.
    #[track_caller]
    pub fn is_error(&self, status: u16, code: &str) -> Value {
        let error = self.is(status)["error"].clone();
        assert_eq!(error["code"], code, "{}: {error}", self.asked);
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{}: {error}", self.asked);
        assert_eq!(error["request_id"], self.header("x-request-id"), "{}", self.asked);
        assert_eq!(self.header("content-type"), "application/json", "{}", self.asked);
        for field in ["hint", "span", "details"] {
            assert!(error.get(field).is_some(), "{}: no `{field}` in {error}", self.asked);
        }
        error
    }

    /// Value of the session's cookie that the answer sets.
    pub fn cookie(&self) -> Option<String> {
        let line = self.headers.get("set-cookie")?.to_str().ok()?;
        line.strip_prefix("sheaf_session=")?.split(';').next().map(str::to_owned)
    }
}
