//! Sessions and keys that were shown lately, in memory, so that a request of somebody known reads nothing. Kept for as long
//! as the store's number of them stands: it changes with every commit to people, sessions or keys, before that commit is
//! acknowledged, so that nobody who was thrown out is still let in.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use sheaf_store::Tx;
use sheaf_store::api_keys::KeyRow;
use sheaf_store::sessions::{SecretHash, SessionRow};
use sheaf_store::users::UserRow;

use crate::{App, Error, Result};

/// Of each kind; above it all are read anew.
const KNOWN_MAX: usize = 10_000;

#[derive(Default)]
pub(crate) struct Credentials {
    sessions: Known<SessionRow>,
    keys: Known<KeyRow>,
}

type Owned<T> = Arc<(T, UserRow)>;

struct Known<T>(Mutex<(u64, HashMap<SecretHash, Owned<T>>)>);

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl Credentials {
    /// A session, ended or not, and whose it is.
    pub(crate) async fn session(&self, app: &App, hash: SecretHash) -> Result<Option<Owned<SessionRow>>> {
        self.sessions.get(app, hash, |tx, hash| Ok(tx.session(hash)?)).await
    }

    /// A key, revoked or not, and whose it is.
    pub(crate) async fn key(&self, app: &App, hash: SecretHash) -> Result<Option<Owned<KeyRow>>> {
        self.keys.get(app, hash, |tx, hash| Ok(tx.key_by_secret(hash)?)).await
    }
}

impl<T: Send + Sync + 'static> Known<T> {
    async fn get(
        &self,
        app: &App,
        hash: SecretHash,
        read: impl FnOnce(&Tx<'_>, &SecretHash) -> Result<Option<(T, UserRow)>> + Send + 'static,
    ) -> Result<Option<Owned<T>>> {
        // Taken before the snapshot begins, so that what is kept under it is never older than it says.
        let number = app.store().credentials();
        {
            let mut known = self.0.lock();
            if known.0 != number || known.1.len() >= KNOWN_MAX {
                *known = (number, HashMap::new());
            }
            if let Some(found) = known.1.get(&hash) {
                return Ok(Some(found.clone()));
            }
        }
        let found = app.store().read(move |tx| read(tx, &hash)).await?.map(Arc::new);
        if let Some(found) = &found {
            let mut known = self.0.lock();
            if known.0 == number {
                known.1.insert(hash, found.clone());
            }
        }
        Ok::<_, Error>(found)
    }
}
