//! Who asks: the extractors [`Caller`] (somebody, or 401) and [`Visitor`] (anybody).
//!
//! A key (`Authorization: Bearer <key>`, or Basic with the key as user name) counts before a cookie.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sheaf_app::App;
use sheaf_app::sessions::{self, Identity};

use crate::error::{ApiError, Result};
use crate::{Options, Site, cookie};

/// Somebody who showed who they are. `Caller(me)`: use cases take `&me.actor`.
pub struct Caller(pub Identity);

/// Anybody; `None` when the request shows nothing, or a session that has ended.
pub struct Visitor(pub Option<Identity>);

/// Where a request comes from.
pub struct ClientIp(pub IpAddr);

impl FromRequestParts<Site> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self> {
        identify(parts, site).await?.map(Self).ok_or_else(ApiError::unauthenticated)
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self> {
        identify(parts, site).await.map(Self)
    }
}

impl FromRequestParts<Site> for ClientIp {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self> {
        let options: Arc<Options> = FromRef::from_ref(site);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let told = options.behind_proxy.then(|| forwarded_for(parts)).flatten();
        Ok(Self(told.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// The last address of `X-Forwarded-For`: the one that our own proxy has seen.
fn forwarded_for(parts: &Parts) -> Option<IpAddr> {
    let line = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next()?.trim().parse().ok()
}

async fn identify(parts: &Parts, site: &Site) -> Result<Option<Identity>> {
    let app: App = FromRef::from_ref(site);
    if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
        let key = value
            .to_str()
            .ok()
            .and_then(key_of)
            .ok_or_else(|| bad_key("the Authorization header holds no key"))?;
        let found = sessions::by_key(&app, &key).await?;
        return found.map(Some).ok_or_else(|| bad_key("this API key is not one, or was revoked"));
    }
    match cookie::session(&parts.headers) {
        Some(token) => Ok(sessions::by_cookie(&app, token).await?),
        None => Ok(None),
    }
}

pub(crate) fn bad_key(message: &str) -> ApiError {
    ApiError {
        message: message.to_owned(),
        hint: Some("make a new key in the account's settings".into()),
        ..ApiError::unauthenticated()
    }
}

/// The key in an `Authorization` header.
pub(crate) fn key_of(value: &str) -> Option<String> {
    let (scheme, rest) = value.split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
    let (name, _) = text.split_once(':')?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        let basic = format!("Basic {}", STANDARD.encode("sheaf_a_b:"));
        for (value, expected) in [
            ("Bearer sheaf_a_b", Some("sheaf_a_b")),
            ("bearer  sheaf_a_b ", Some("sheaf_a_b")),
            (basic.as_str(), Some("sheaf_a_b")),
            ("Basic !!!", None),
            ("Basic c2hlYWY=", None),
            ("Digest x", None),
            ("Bearer", None),
        ] {
            assert_eq!(key_of(value).as_deref(), expected, "{value}");
        }
    }
}
