//! The address of a server.

use std::time::Duration;

use crate::error::{Result, StoreError};

const CONNECT_MAX: Duration = Duration::from_secs(5);
/// How long what was sent may stay unacknowledged before the connection counts as lost.
const UNACKNOWLEDGED_MAX: Duration = Duration::from_secs(10);

/// How a server is reached.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(super) config: tokio_postgres::Config,
    /// Statements may be prepared.
    pub(super) prepared: bool,
}

impl Settings {
    /// Reads an address: `postgres://user:password@host:port/database`, with the parameters of libpq and `pooled=yes`.
    pub(in crate::driver) fn parse(url: &str) -> Result<Self> {
        let (url, pooled) = without_pooled(url);
        let wrong = |error: tokio_postgres::Error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            StoreError::Address(format!("{error}{}", cause.unwrap_or_default()))
        };
        let mut config: tokio_postgres::Config = url.parse().map_err(wrong)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_MAX);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(UNACKNOWLEDGED_MAX);
        }
        if config.get_application_name().is_none() {
            config.application_name("sheaf");
        }
        Ok(Self { config, prepared: !pooled })
    }
}

/// Takes `pooled=yes` out of an address.
fn without_pooled(url: &str) -> (String, bool) {
    let Some((path, query)) = url.split_once('?') else { return (url.to_owned(), false) };
    let (ours, theirs): (Vec<_>, Vec<_>) = query.split('&').partition(|it| it.starts_with("pooled="));
    (format!("{path}?{}", theirs.join("&")), ours.contains(&"pooled=yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pooled_is_ours_and_the_rest_is_libpq_s() {
        assert_eq!(without_pooled("postgres://a@b/c"), ("postgres://a@b/c".into(), false));
        let (url, pooled) = without_pooled("postgres://a@b/c?pooled=yes&connect_timeout=3");
        assert_eq!((url.as_str(), pooled), ("postgres://a@b/c?connect_timeout=3", true));
    }
}
