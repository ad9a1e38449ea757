//! What stands between a stranger and an account, in memory: turns for hashing, counts of attempts, the operator's key.

use std::net::IpAddr;

use parking_lot::{Mutex, RwLock};
use sheaf_model::UserId;
use sheaf_store::sessions::SecretHash;

use crate::attempts::{Attempt, Attempts};
use crate::passwords::Hashing;
use crate::{App, Error, Result};

#[derive(Default)]
pub(crate) struct Guard {
    pub(crate) hashing: Hashing,
    pub(crate) attempts: Mutex<Attempts>,
    /// The key of this run for the command line on the same machine, and who acts with it.
    pub(crate) operator: RwLock<Option<(SecretHash, UserId)>>,
}

/// SHA-256 of a secret: what is stored instead of it. Enough for 256 random bits; passwords go through Argon2.
pub(crate) fn hash(secret: &str) -> SecretHash {
    use sha2::Digest;
    sha2::Sha256::digest(secret.as_bytes()).into()
}

/// Compares a password with the stored hash, no faster for a stranger and not too often from one place.
pub(crate) async fn password_is(
    app: &App,
    email: &str,
    password: &str,
    stored: Option<String>,
    from: IpAddr,
) -> Result<bool> {
    let attempt = Attempt::new(email, from);
    let begun = app.guard().attempts.lock().begin(&attempt, app.now());
    if let Err(retry_after_secs) = begun {
        tracing::warn!(%from, "too many attempts to log in");
        return Err(Error::TooMany { retry_after_secs });
    }
    let same = app.guard().hashing.verify(password.to_owned(), stored).await?;
    if same {
        app.guard().attempts.lock().succeed(&attempt);
    }
    Ok(same)
}
