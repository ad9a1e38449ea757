//! What an operator decides about the HTTP side. The binary reads flags and environment into this.

use sheaf_model::Reach;

/// Settings of the server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether only this machine can connect. Then requests must name it: a foreign site whose name was made to resolve
    /// here (DNS rebinding) is refused.
    pub loopback: bool,
    /// Further host names that requests may name, without port. When the server is open to others and this is empty,
    /// any name will do.
    pub hosts: Vec<String>,
    /// Whether every cookie is marked `Secure`. Otherwise only those set over https, as told by the proxy.
    pub secure_cookies: bool,
    /// Whether `X-Forwarded-For` and `X-Forwarded-Proto` come from a proxy of the operator's.
    pub behind_proxy: bool,
    /// Bytes of a JSON body; routes that take more say so.
    pub json_bytes_max: usize,
    /// Whether contents are read from the object store itself, by a signed address that the answer sends to; otherwise they go
    /// through this server.
    pub signed_links: bool,
    /// Who shows it as a bearer token may read `/metrics`; none: nobody may there, only at an address of its own.
    pub metrics_key: Option<String>,
    /// Whether webhooks may call this machine and private networks.
    pub allow_private_webhooks: bool,
}

impl Options {
    /// How far webhooks may reach.
    pub fn reach(&self) -> Reach {
        if self.allow_private_webhooks { Reach::Private } else { Reach::Public }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            loopback: true,
            hosts: Vec::new(),
            secure_cookies: false,
            behind_proxy: false,
            json_bytes_max: 10 * 1024 * 1024,
            signed_links: false,
            metrics_key: None,
            allow_private_webhooks: false,
        }
    }
}
