//! The query of an address as the clients write it: `True` and `False`, repeated names, times in several forms.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sheaf_app::scale::parse_time;
use sheaf_app::scale::tasks::Expand;
use sheaf_model::Millis;

use crate::error::{ApiError, Result};

/// Names and values, in their order.
pub(super) struct Ask(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Ask {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        query
            .map(|query| Self(query.0))
            .map_err(|_| ApiError::bad_request("the query of the address cannot be read"))
    }
}

impl Ask {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let of = |(key, value): &&(String, String)| key == name && !value.is_empty();
        self.0.iter().find(of).map(|(_, value)| value.clone())
    }

    /// All values of a name that may be repeated, or written once with commas between them.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let of = self.0.iter().filter(|(key, _)| key == name || key.strip_suffix("[]") == Some(name));
        of.flat_map(|(_, value)| value.split(',')).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// All values of a name that may be repeated; commas are part of them.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let of = self.0.iter().filter(|(key, _)| key == name || key.strip_suffix("[]") == Some(name));
        of.map(|(_, value)| value.clone()).filter(|it| !it.is_empty()).collect()
    }

    pub(super) fn yes(&self, name: &str) -> Result<bool> {
        match self.text(name).map(|text| text.to_ascii_lowercase()).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(ApiError::bad_request(format!("`{name}` must be true or false"))),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<u32>> {
        let bad = || ApiError::bad_request(format!("`{name}` must be a whole number"));
        self.text(name).map(|text| text.trim().parse().map_err(|_| bad())).transpose()
    }

    /// How many things a page has: at most 100, and as many when nothing is said.
    pub(super) fn limit(&self) -> Result<u32> {
        match self.number("limit")? {
            None => Ok(100),
            Some(n) if (1..=100).contains(&n) => Ok(n),
            Some(_) => Err(ApiError::bad_request("`limit` must be between 1 and 100")),
        }
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Millis>> {
        let bad = |text: &str| {
            ApiError::bad_request(format!("`{name}` is no time: `{text}`; write 2026-01-31T18:00:00Z"))
        };
        self.text(name).map(|text| parse_time(&text).ok_or_else(|| bad(&text))).transpose()
    }

    /// What of tasks is shown whole.
    pub(super) fn expand(&self) -> Expand {
        let names = self.list("expand");
        let has = |name: &str| names.iter().any(|it| it == name);
        Expand { project: has("project"), batch: has("batch") }
    }

    /// From, and before.
    pub(super) fn range(&self, from: &str, before: &str) -> Result<(Option<Millis>, Option<Millis>)> {
        Ok((self.time(from)?, self.time(before)?))
    }
}
