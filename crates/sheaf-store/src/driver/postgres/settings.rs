//! The address of a server.

use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::tls::{Asked, Tls};
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
    /// None: connections are in the open.
    pub(super) tls: Option<Tls>,
}

impl Settings {
    /// Reads an address: `postgres://user:password@host:port/database`, with the parameters of libpq and `pooled=yes`; and
    /// the files that it names.
    pub(in crate::driver) fn parse(url: &str) -> Result<Self> {
        let (url, ours) = taken_apart(url)?;
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
        let tls = Tls::of(&ours.tls, &mut config)?;
        Ok(Self { config, prepared: !ours.pooled, tls })
    }
}

/// The parameters that the driver does not know.
#[derive(Debug, Default)]
struct Ours {
    pooled: bool,
    tls: Asked,
}

/// Takes the parameters out of an address that the driver does not know.
fn taken_apart(url: &str) -> Result<(String, Ours)> {
    let mut ours = Ours::default();
    let Some((path, query)) = url.split_once('?') else { return Ok((url.to_owned(), ours)) };
    let mut theirs = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match name {
            "pooled" => {
                ours.pooled = value == "yes";
                continue;
            }
            "sslmode" => &mut ours.tls.sslmode,
            "sslrootcert" => &mut ours.tls.sslrootcert,
            "sslcert" => &mut ours.tls.sslcert,
            "sslkey" => &mut ours.tls.sslkey,
            _ => {
                theirs.push(pair);
                continue;
            }
        };
        let value = percent_decode_str(value).decode_utf8();
        let value = value.map_err(|_| StoreError::Address(format!("{name} is not UTF-8")))?;
        // As libpq has it, nothing is as good as not named.
        *place = Some(value.into_owned()).filter(|it| !it.is_empty());
    }
    let query = theirs.join("&");
    Ok((if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }, ours))
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::SslMode;

    use super::super::tls::Mode;
    use super::*;

    #[test]
    fn what_is_ours_is_taken_out_and_the_rest_is_the_driver_s() {
        let (url, ours) = taken_apart("postgres://a@b/c").unwrap();
        assert_eq!((url.as_str(), ours.pooled), ("postgres://a@b/c", false));
        let (url, ours) =
            taken_apart("postgres://a@b/c?pooled=yes&connect_timeout=3&sslrootcert=/a%20b").unwrap();
        assert_eq!((url.as_str(), ours.pooled), ("postgres://a@b/c?connect_timeout=3", true));
        assert_eq!(ours.tls.sslrootcert.as_deref(), Some("/a b"));
        assert_eq!(taken_apart("postgres://a@b/c?sslmode=prefer").unwrap().0, "postgres://a@b/c");
    }

    fn mode(url: &str) -> Option<Mode> {
        Settings::parse(url).unwrap().tls.map(|tls| tls.mode)
    }

    #[test]
    fn tls_is_preferred_and_never_on_a_socket() {
        assert_eq!(mode("postgres://a@b/c"), Some(Mode::Prefer));
        assert_eq!(mode("host=b user=a sslmode=require"), Some(Mode::Require));
        assert_eq!(mode("postgres://a@b/c?sslmode=disable"), None);
        assert_eq!(mode("postgres://a@%2Fvar%2Frun/c?sslmode=require"), None);
        let verified = Settings::parse("postgres://a@b/c?sslmode=disable").unwrap();
        assert_eq!(verified.config.get_ssl_mode(), SslMode::Disable);
    }

    #[test]
    fn settings_that_cannot_be_are_told() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let told =
            |query: &str| Settings::parse(&format!("postgres://a@b/c?{query}")).unwrap_err().to_string();
        for (query, said) in [
            ("sslmode=allow", "`allow` is not known; write disable, prefer"),
            ("sslmode=verify-full", "sslmode=verify-full needs sslrootcert=FILE"),
            (
                "sslmode=verify-ca&sslrootcert=/nowhere/ca.pem",
                "sslrootcert: cannot read `/nowhere/ca.pem`: No such file",
            ),
            (&format!("sslrootcert={file}"), "there is no certificate in"),
            ("sslmode=require&sslrootcert=system", "is for sslmode=verify-full"),
            ("sslcert=/nowhere/a.pem", "add sslkey=FILE"),
            ("sslkey=/nowhere/a.pem", "add sslcert=FILE"),
            (&format!("sslcert={file}&sslkey={file}"), "there is no private key in"),
        ] {
            let text = told(query);
            assert!(text.contains(said), "{query}: {text}");
        }
    }
}
