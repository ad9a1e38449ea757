//! API keys: a program that shows one acts as the person who made it.

use serde_json::json;
use sheaf_model::{KeyId, Problem};
pub use sheaf_store::api_keys::KeyRow;

use sheaf_store::Turn;

use crate::guard::hash;
use crate::sessions::{Credential, Identity};
use crate::{Actor, App, Error, Result, ids};

const NAME_CHARS_MAX: usize = 100;
/// Keys that one person may have in use.
const IN_USE_MAX: usize = 100;

/// A new key: its secret is here and nowhere else.
#[derive(Debug)]
pub struct NewKey {
    pub key: KeyRow,
    pub secret: String,
}

/// The caller's keys, newest first.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<KeyRow>> {
    let user = actor.user;
    app.store().read(move |tx| Ok(tx.keys_of(user)?)).await
}

/// Makes a key for the caller. A key cannot make keys: one that leaked would outlive its revocation.
pub async fn create(app: &App, me: &Identity, name: &str) -> Result<NewKey> {
    if matches!(me.credential, Credential::Key(_)) {
        return Err(Error::forbidden("a key cannot make keys; log in to make one"));
    }
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let message = format!("must have 1 to {NAME_CHARS_MAX} characters, none of them a control character");
        return Err(Error::problems("invalid", vec![Problem::new("name", message)]));
    }
    let now = app.now();
    let prefix = format!("sheaf_{}", sheaf_model::id::encode(&ids::random::<5>()?));
    let secret = format!("{prefix}_{}", ids::secret()?);
    let key = KeyRow {
        id: KeyId(ids::row_id(now)?),
        user: me.actor.user,
        name,
        prefix,
        created: now,
        last_used: None,
        revoked: None,
    };
    let (row, secret_hash) = (key.clone(), hash(&secret));
    app.store()
        .write_in(Turn::instance(), move |tx| {
            if tx.keys_of(row.user)?.iter().filter(|key| key.revoked.is_none()).count() >= IN_USE_MAX {
                return Err(Error::conflict("too_many_keys", format!("you have {IN_USE_MAX} keys in use"))
                    .hint("revoke those that nothing uses"));
            }
            tx.insert_key(&row, &secret_hash)?;
            let details = json!({ "name": row.name, "prefix": row.prefix });
            tx.audit(now, Some(row.user), "key.created", &row.id.to_string(), &details)?;
            Ok(())
        })
        .await?;
    Ok(NewKey { key, secret })
}

/// Revokes one of the caller's keys, at once and for good.
pub async fn revoke(app: &App, actor: &Actor, id: KeyId) -> Result<()> {
    let (now, user) = (app.now(), actor.user);
    app.store()
        .write_in(Turn::instance(), move |tx| {
            let key = tx.key(id)?.filter(|key| key.user == user).ok_or(Error::not_found("key"))?;
            if key.revoked.is_none() {
                tx.revoke_key(id, now)?;
                tx.audit(now, Some(user), "key.revoked", &id.to_string(), &json!({ "prefix": key.prefix }))?;
            }
            Ok(())
        })
        .await
}
