//! What may be the address of a webhook, or of what is to be fetched: `http` or `https`, a host that has one meaning, no name or
//! password.
//!
//! This refuses early and with a reason. What keeps a call from reaching a private network is the check of the address
//! that is connected to, see [`super::Reach`].

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest URL of a webhook, in bytes.
const BYTES_MAX: usize = 2_000;
/// Longest address of what is fetched, in bytes: presigned ones have their signature, and often a session's token, in the query.
const FETCHED_BYTES_MAX: usize = 8 * 1024;

/// A URL that a webhook may have. Shown whole it may be a secret: many services put a token into the path.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    text: String,
    /// Bytes of scheme, host and port.
    origin: usize,
    pub host: Host,
}

/// Who is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    Name(String),
    Ip(IpAddr),
}

impl WebhookUrl {
    /// Reads a URL; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::read(text, BYTES_MAX, "calls are signed instead")
    }

    /// Reads the address of what is to be fetched, which may be longer. A fragment is cut off: no server is sent it.
    pub fn fetched(text: &str) -> Result<Self, String> {
        let address = text.split('#').next().unwrap_or_default();
        let instead = "put what allows the fetch into the query, as presigned addresses do";
        Self::read(address, FETCHED_BYTES_MAX, instead)
    }

    /// `instead`: what there is in the place of a password.
    fn read(text: &str, bytes_max: usize, instead: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > bytes_max {
            return Err(format!("is longer than {bytes_max} bytes"));
        }
        if let Some(bad) = text.chars().find(|c| !is_url_char(*c)) {
            let how = if bad.is_ascii() {
                "write it as %XX"
            } else {
                "write a host in Punycode and a path with %XX"
            };
            return Err(format!("has `{}`, which a URL may not have; {how}", bad.escape_default()));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err("must begin with https:// or http://".to_owned());
        };
        let scheme = scheme.to_ascii_lowercase();
        let port_default: u16 = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return Err("must begin with https:// or http://".to_owned()),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(format!("must not have a user name or password; {instead}"));
        }
        let (host, port) = split_port(authority)?;
        let host = read_host(host)?;
        let port = match port {
            None => port_default,
            Some(port) => {
                let number =
                    port.bytes().all(|b| b.is_ascii_digit()).then(|| port.parse::<u16>().ok()).flatten();
                number.filter(|port| *port > 0).ok_or("has a port that is not 1 to 65535")?
            }
        };
        let port = if port == port_default { String::new() } else { format!(":{port}") };
        let origin = format!("{scheme}://{host}{port}");
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { origin: origin.len(), text: format!("{origin}{slash}{path}"), host })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: for logs.
    pub fn origin(&self) -> &str {
        &self.text[..self.origin]
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookUrl({}/...)", self.origin())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Ip(IpAddr::V4(ip)) => ip.fmt(f),
            Self::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
        }
    }
}

/// RFC 3986, without the fragment: nobody is sent it.
fn is_url_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?%[]".contains(c)
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), String> {
    let after = match (authority.starts_with('['), authority.find(']')) {
        (true, Some(end)) => end + 1,
        (true, None) => return Err("has `[` without `]`".to_owned()),
        (false, _) => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(after);
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err("has something between the host and the port".to_owned()),
    }
}

fn read_host(text: &str) -> Result<Host, String> {
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let ip = inner.parse::<Ipv6Addr>().map_err(|_| "has brackets around what is no IPv6 address")?;
        return Ok(Host::Ip(IpAddr::V6(ip)));
    }
    if let Ok(ip) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Ip(IpAddr::V4(ip)));
    }
    let name = text.to_ascii_lowercase();
    let labels: Vec<&str> = name.strip_suffix('.').unwrap_or(&name).split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if name.len() > 254 || !labels.iter().all(is_label) {
        return Err("has no host, or one that is not a name".to_owned());
    }
    // `127.1`, `0x7f000001` and `2130706433` are addresses to some and names to others.
    let last = labels.last().copied().unwrap_or_default();
    if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
        return Err(
            "has a host that is a number; write an address as four numbers, like 203.0.113.7".to_owned()
        );
    }
    Ok(Host::Name(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn accepts(text: &str, url: &str, origin: &str) {
        let read = WebhookUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((read.as_str(), read.origin()), (url, origin), "{text}");
    }

    #[test]
    fn urls_have_one_form() {
        accepts("https://a.example/x?y=1", "https://a.example/x?y=1", "https://a.example");
        accepts(" HTTPS://A.Example ", "https://a.example/", "https://a.example");
        accepts("http://a.example:80?q", "http://a.example/?q", "http://a.example");
        accepts("http://a.example:8080/%20", "http://a.example:8080/%20", "http://a.example:8080");
        accepts("https://[2606:4700:0::1]:443/x@y", "https://[2606:4700::1]/x@y", "https://[2606:4700::1]");
        accepts("http://10.0.0.1/", "http://10.0.0.1/", "http://10.0.0.1");
        accepts("http://my_host./", "http://my_host./", "http://my_host.");
        accepts("http://a.0xa.example/", "http://a.0xa.example/", "http://a.0xa.example");
        let shown = format!("{:?}", WebhookUrl::parse("https://a.example/secret").unwrap());
        assert_eq!(shown, "WebhookUrl(https://a.example/...)");
    }

    #[test]
    fn others_are_refused_with_a_reason() {
        for (text, part) in [
            ("", "must begin"),
            ("a.example", "must begin"),
            ("ftp://a.example", "must begin"),
            ("file:///etc/passwd", "must begin"),
            ("javascript:alert(1)", "must begin"),
            ("https://", "has no host"),
            ("https:///x", "has no host"),
            ("https://u@a.example", "user name"),
            ("https://u:p@a.example", "user name"),
            ("https://a.example@127.0.0.1/", "user name"),
            ("https://a.example#x", "`#`"),
            ("https://a.example\\@b", "`\\\\`"),
            ("https://a b", "` `"),
            ("https://a\nb", "`\\n`"),
            ("https://ä.example", "Punycode"),
            ("https://①②⑦.0.0.1", "Punycode"),
            ("https://a.example:0", "a port"),
            ("https://a.example:65536", "a port"),
            ("https://a.example:+80", "a port"),
            ("https://a.example:", "a port"),
            ("https://[::1", "without"),
            ("https://[::1]x", "between"),
            ("https://[fe80::1%25eth0]/", "brackets"),
            ("https://[127.0.0.1]/", "brackets"),
            ("https://a..example", "not a name"),
            ("https://%31%32%37.0.0.1/", "not a name"),
            ("http://127.1/", "a number"),
            ("http://2130706433/", "a number"),
            ("http://0x7f000001/", "a number"),
            ("http://0x7f.1/", "a number"),
            ("http://0177.0.0.1/", "a number"),
            ("http://127.0.0.1./", "a number"),
        ] {
            let error = WebhookUrl::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(WebhookUrl::parse(&format!("https://a.example/{}", "x".repeat(2_000))).is_err());
    }

    #[test]
    fn what_is_fetched_may_be_presigned() {
        let presigned = format!("https://a.example/x.png?signature={}", "x".repeat(6_000));
        assert!(WebhookUrl::parse(&presigned).is_err());
        assert_eq!(WebhookUrl::fetched(&format!("{presigned}#page=2")).unwrap().as_str(), presigned);
        for (text, part) in [
            (format!("https://a.example/{}", "x".repeat(9_000)), "longer than 8192 bytes"),
            ("https://u:p@a.example/".to_owned(), "presigned"),
            ("ftp://a.example/#x".to_owned(), "must begin"),
            ("http://127.1/#x".to_owned(), "a number"),
        ] {
            let error = WebhookUrl::fetched(&text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_has_one_form(text in "(https?://)?[a-z0-9\\[\\]:.@/?%#_-]{0,40}") {
            if let Ok(url) = WebhookUrl::parse(&text) {
                let again = WebhookUrl::parse(url.as_str());
                prop_assert_eq!(again.as_ref(), Ok(&url));
                prop_assert!(url.as_str().starts_with(url.origin()));
            }
        }
    }
}
