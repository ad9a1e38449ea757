//! Secrets and signatures after Standard Webhooks 1.0.0: `whsec_` and base64; `v1,` and the HMAC-SHA256 of id, time and
//! body.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{Result, ids};

/// Random bytes of a new secret; the standard wants 24 to 64.
const BYTES: usize = 32;

/// A secret as its text; made once, told once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one: the bytes to keep, and what the person is told.
    pub(super) fn new() -> Result<(Vec<u8>, Self)> {
        let bytes = ids::random::<BYTES>()?.to_vec();
        let text = format!("whsec_{}", STANDARD.encode(&bytes));
        Ok((bytes, Self(text)))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(...)")
    }
}

/// The signature of a message: `v1,` and base64. `seconds` since the Unix epoch.
pub fn sign(secret: &[u8], id: &str, seconds: i64, body: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|error| crate::Error::internal(format!("a webhook's secret cannot be used: {error}")))?;
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body.as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_published_example() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature =
            sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn secrets_are_random_and_not_shown_by_accident() {
        let (bytes, secret) = Secret::new().unwrap();
        assert_eq!(bytes.len(), BYTES);
        assert_eq!(STANDARD.decode(secret.reveal().strip_prefix("whsec_").unwrap()).unwrap(), bytes);
        assert_ne!(Secret::new().unwrap().0, bytes);
        assert_eq!(format!("{secret:?}"), "Secret(...)");
    }
}
