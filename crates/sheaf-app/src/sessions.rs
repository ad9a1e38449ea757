//! Who is there: logging in and out, and turning a cookie or a key into a person.

use std::net::IpAddr;

use serde_json::json;
use sheaf_model::{KeyId, Millis, UserId};
use sheaf_store::sessions::{SecretHash, SessionRow};
use sheaf_store::users::UserRow;
use sheaf_store::{Turn, Tx};
use subtle::ConstantTimeEq;

use crate::guard::{hash, password_is};
use crate::{Actor, App, Error, Result, ids, users};

/// A session that is not used for this long ends.
pub const IDLE_MS: i64 = 12 * 60 * 60 * 1000;
/// A session ends after this long in any case.
pub const ABSOLUTE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// Use is noted this often, so that reading does not write.
const NOTE_MS: i64 = 60 * 1000;

/// A person, and what they showed.
#[derive(Debug, Clone)]
pub struct Identity {
    pub actor: Actor,
    pub email: String,
    pub name: String,
    pub credential: Credential,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    Session(SecretHash),
    Key(KeyId),
    /// The key of this run, for the command line on the same machine.
    Operator,
}

impl Identity {
    fn new(user: &UserRow, credential: Credential) -> Self {
        Self {
            actor: Actor { user: user.id, is_admin: user.is_admin },
            email: user.email.clone(),
            name: user.name.clone(),
            credential,
        }
    }

    /// The session that this is, if it is one.
    pub(crate) fn session(&self) -> Option<SecretHash> {
        match &self.credential {
            Credential::Session(hash) => Some(*hash),
            Credential::Key(_) | Credential::Operator => None,
        }
    }
}

/// A new session: the cookie's value is here and nowhere else.
#[derive(Debug, Clone)]
pub struct Opened {
    pub identity: Identity,
    pub token: String,
    pub expires: Millis,
}

/// Whose session the cookie is; `None` when it is nobody's, or has ended.
pub async fn by_cookie(app: &App, token: &str) -> Result<Option<Identity>> {
    let (now, token_hash) = (app.now(), hash(token));
    let Some(found) = app.credentials().session(app, token_hash).await? else { return Ok(None) };
    let (session, user) = &*found;
    if !is_alive(session, now) || user.disabled {
        return Ok(None);
    }
    if now - session.seen >= NOTE_MS {
        note(
            app.store()
                .write_in(Turn::instance(), move |tx| Ok::<_, Error>(tx.touch_session(&token_hash, now)?))
                .await,
        );
    }
    Ok(Some(Identity::new(user, Credential::Session(token_hash))))
}

/// Whose key it is; `None` when it is nobody's, or was revoked.
pub async fn by_key(app: &App, secret: &str) -> Result<Option<Identity>> {
    let (now, secret_hash) = (app.now(), hash(secret));
    if let Some(operator) = operator(app, &secret_hash) {
        let user = app.store().read(move |tx| Ok::<_, Error>(tx.user(operator)?)).await?;
        return Ok(user.map(|user| Identity::new(&user, Credential::Operator)));
    }
    let Some(found) = app.credentials().key(app, secret_hash).await? else { return Ok(None) };
    let (key, user) = &*found;
    if key.revoked.is_some() || user.disabled {
        return Ok(None);
    }
    let id = key.id;
    if key.last_used.is_none_or(|used| now - used >= NOTE_MS) {
        note(app.store().write_in(Turn::instance(), move |tx| Ok::<_, Error>(tx.touch_key(id, now)?)).await);
    }
    Ok(Some(Identity::new(user, Credential::Key(id))))
}

/// Whether what somebody showed a while ago is still good, and what they may do now. It does not count as a use: an open
/// page alone keeps no session alive.
pub(crate) fn still(tx: &Tx<'_>, me: &Identity, now: Millis) -> Result<Actor> {
    let good = match &me.credential {
        Credential::Session(hash) => tx.session(hash)?.is_some_and(|(session, _)| is_alive(&session, now)),
        Credential::Key(id) => tx.key(*id)?.is_some_and(|key| key.revoked.is_none()),
        Credential::Operator => true,
    };
    let user = tx.user(me.actor.user)?.filter(|user| good && !user.disabled);
    user.map(|user| Actor { user: user.id, is_admin: user.is_admin }).ok_or_else(|| Error::Unauthenticated {
        code: "unauthenticated",
        message: "the session has ended".into(),
    })
}

/// Logs in. The same answer, as late, for an unknown address and for a wrong password. A session that the caller had
/// ends, so that nobody goes on under an id that another has seen.
pub async fn log_in(
    app: &App,
    email: &str,
    password: &str,
    from: IpAddr,
    had: Option<SecretHash>,
) -> Result<Opened> {
    let email = users::fold_email(email);
    let wanted = email.clone();
    let user = app.store().read(move |tx| Ok::<_, Error>(tx.user_by_email(&wanted)?)).await?;
    let user = user.filter(|user| !user.disabled && user.password_hash.is_some());
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let same = password_is(app, &email, password, stored, from).await?;
    let Some(user) = user.filter(|_| same) else {
        tracing::info!(%from, "a log-in was refused");
        return Err(Error::Unauthenticated {
            code: "bad_login",
            message: "the e-mail address or the password is wrong".into(),
        });
    };
    let (now, token) = (app.now(), ids::secret()?);
    let token_hash = hash(&token);
    let id = user.id;
    let user = app
        .store()
        .write_in(Turn::instance(), move |tx| {
            // Again, in the transaction: the account may have been disabled or its password changed just now.
            let user = tx.user(id)?.filter(|now| !now.disabled && now.password_hash == user.password_hash);
            let Some(user) = user else { return Err(gone()) };
            if let Some(had) = had {
                tx.delete_session(&had)?;
            }
            tx.delete_dead_sessions(now - IDLE_MS, now)?;
            open(tx, user.id, token_hash, now)?;
            tx.audit(
                now,
                Some(user.id),
                "session.opened",
                &user.id.to_string(),
                &json!({ "from": from.to_string() }),
            )?;
            Ok(user)
        })
        .await?;
    Ok(Opened {
        identity: Identity::new(&user, Credential::Session(token_hash)),
        token,
        expires: now + ABSOLUTE_MS,
    })
}

/// Logs out; a caller with a key has nothing to end.
pub async fn log_out(app: &App, me: &Identity) -> Result<()> {
    let Some(token_hash) = me.session() else { return Ok(()) };
    let (now, user) = (app.now(), me.actor.user);
    app.store()
        .write_in(Turn::instance(), move |tx| {
            if tx.delete_session(&token_hash)? {
                tx.audit(now, Some(user), "session.closed", &user.to_string(), &json!({}))?;
            }
            Ok(())
        })
        .await
}

/// A session made in the transaction that made or changed its person.
pub(crate) fn open(tx: &Tx<'_>, user: UserId, token_hash: SecretHash, now: Millis) -> Result<()> {
    tx.insert_session(&SessionRow { token_hash, user, created: now, seen: now, expires: now + ABSOLUTE_MS })?;
    Ok(())
}

/// [`open`]'s answer once it is committed.
pub(crate) fn opened(user: &UserRow, token: String, now: Millis) -> Opened {
    let credential = Credential::Session(hash(&token));
    Opened { identity: Identity::new(user, credential), token, expires: now + ABSOLUTE_MS }
}

fn is_alive(session: &SessionRow, now: Millis) -> bool {
    now < session.expires && now - session.seen < IDLE_MS
}

fn operator(app: &App, secret_hash: &SecretHash) -> Option<UserId> {
    let operator = app.guard().operator.read();
    operator.as_ref().filter(|(known, _)| bool::from(known.ct_eq(secret_hash))).map(|(_, user)| *user)
}

fn gone() -> Error {
    Error::Unauthenticated {
        code: "bad_login",
        message: "the account was changed meanwhile; log in again".into(),
    }
}

/// Noting the use of a session or key is not worth failing the request that uses it.
fn note(result: Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the use of a session or key was not noted");
    }
}
