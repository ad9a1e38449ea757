//! Who calls: an API key of Sheaf's, as the user name of Basic or as a bearer token. `live_` before it changes nothing;
//! `test_` makes it a test key, and so does what Scale writes behind a key, `|somebody|test`. Cookies do not count here.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use sheaf_app::scale::Client;
use sheaf_app::{App, sessions};

use crate::Site;
use crate::auth::{bad_key, key_of};
use crate::error::{ApiError, Result};

/// Somebody who showed a key.
pub(super) struct Caller(pub(super) Client);

impl FromRequestParts<Site> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self> {
        let app: App = FromRef::from_ref(site);
        let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
            return Err(ApiError::unauthenticated());
        };
        let text = value.to_str().ok().and_then(key_of);
        let text = text.ok_or_else(|| bad_key("the Authorization header holds no key"))?;
        let (key, test) = read(&text);
        let found = sessions::by_key(&app, key).await?;
        let me = found.ok_or_else(|| bad_key("this API key is not one, or was revoked"))?;
        Ok(Self(Client { actor: me.actor, test }))
    }
}

/// The key in what a client shows, and whether it is for tests.
fn read(text: &str) -> (&str, bool) {
    let (text, mode) = match text.split_once('|') {
        Some((key, rest)) => (key, rest.rsplit('|').next()),
        None => (text, None),
    };
    let test = mode == Some("test");
    match text.strip_prefix("test_") {
        Some(key) => (key, true),
        None => (text.strip_prefix("live_").unwrap_or(text), test),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        for (text, expected) in [
            ("sheaf_a_b", ("sheaf_a_b", false)),
            ("live_sheaf_a_b", ("sheaf_a_b", false)),
            ("test_sheaf_a_b", ("sheaf_a_b", true)),
            ("sheaf_a_b|ann|test", ("sheaf_a_b", true)),
            ("sheaf_a_b|ann|live", ("sheaf_a_b", false)),
            ("", ("", false)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
