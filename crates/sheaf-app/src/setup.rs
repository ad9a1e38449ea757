//! The first start: a link that is printed once lets one person become the first admin.

use serde_json::json;
use sheaf_model::UserId;
use sheaf_store::users::UserRow;
use sheaf_store::{StoreError, Turn, Tx};
use subtle::ConstantTimeEq;

use crate::guard::hash;
use crate::sessions::{self, Opened};
use crate::{App, Error, Result, ids, local, passwords, users};

const TOKEN: &str = "setup_token";

/// The first admin.
pub struct FirstAdmin {
    pub token: String,
    pub email: String,
    pub name: String,
    pub password: String,
}

/// Whether nobody has an account yet.
pub async fn is_needed(app: &App) -> Result<bool> {
    app.store().read(nobody_yet).await
}

/// The token of a new set-up link, for `/setup?token=...`; `None` when there is a person already. An older link that
/// was not used stops working.
pub async fn link(app: &App) -> Result<Option<String>> {
    let token = ids::secret()?;
    let stored = stored_form(&token);
    let needed = app
        .store()
        .write_in(Turn::instance(), move |tx| {
            let needed = nobody_yet(tx)?;
            tx.set_instance_value(TOKEN, needed.then_some(stored.as_str()))?;
            Ok::<_, Error>(needed)
        })
        .await?;
    Ok(needed.then_some(token))
}

/// Makes the first admin and logs them in. The link works once.
pub async fn complete(app: &App, new: FirstAdmin) -> Result<Opened> {
    let stored = stored_form(&new.token);
    // Before the expensive part, so that a stranger cannot make the server hash.
    let given = stored.clone();
    app.store().read(move |tx| check(tx, &given)).await?;
    let (email, name) = (users::fold_email(&new.email), new.name.trim().to_owned());
    let mut problems = users::email_problems("email", &email);
    problems.extend(users::name_problems("name", &name));
    problems.extend(passwords::problems("password", &new.password, &[&email, &name]));
    if !problems.is_empty() {
        return Err(Error::problems("invalid", problems));
    }
    let password_hash = app.guard().hashing.hash(new.password).await?;
    let (now, token) = (app.now(), ids::secret()?);
    let user = UserRow {
        id: UserId(ids::row_id(now)?),
        email,
        name,
        password_hash: Some(password_hash),
        is_admin: true,
        disabled: false,
        created: now,
    };
    let (row, token_hash) = (user.clone(), hash(&token));
    app.store()
        .write_in(Turn::instance(), move |tx| {
            check(tx, &stored)?;
            tx.insert_user(&row)?;
            tx.set_instance_value(TOKEN, None)?;
            sessions::open(tx, row.id, token_hash, now)?;
            tx.audit(
                now,
                Some(row.id),
                "instance.set_up",
                &row.id.to_string(),
                &json!({ "email": row.email }),
            )?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(sessions::opened(&user, token, now))
}

/// Whether the database takes a durable write, now, and the folder of the contents a file.
pub async fn probe(app: &App) -> Result<()> {
    let now = app.now().to_string();
    app.store()
        .write_in(Turn::instance(), move |tx| Ok::<_, Error>(tx.set_instance_value("probed_ms", Some(&now))?))
        .await?;
    let app = app.clone();
    crate::uploads::blocking(move || {
        let path = app.store().blobs().temporary();
        std::fs::write(&path, "ready")
            .and_then(|()| std::fs::remove_file(&path))
            .map_err(|error| StoreError::file(&path, error).into())
    })
    .await
}

/// Whether the object store that has the files answers; what it said a few seconds ago counts. True where a folder has them.
pub async fn reaches_files(app: &App) -> bool {
    let reached = app.store().blobs().reach().await;
    if let Err(error) = &reached {
        tracing::warn!(%error, "the files cannot be reached");
    }
    reached.is_ok()
}

fn check(tx: &Tx<'_>, stored: &str) -> Result<()> {
    if !nobody_yet(tx)? {
        return Err(Error::conflict("already_set_up", "Sheaf is set up already")
            .hint("log in, or ask an admin for an invitation"));
    }
    let known = tx.instance_value(TOKEN)?.unwrap_or_default();
    if bool::from(known.as_bytes().ct_eq(stored.as_bytes())) {
        return Ok(());
    }
    Err(Error::Forbidden {
        code: "bad_token",
        message: "this set-up link does not work (any more); each start of the server prints a new one"
            .into(),
    })
}

fn nobody_yet(tx: &Tx<'_>) -> Result<bool> {
    Ok(tx.users()?.iter().all(local::is_operator))
}

fn stored_form(token: &str) -> String {
    sheaf_model::id::encode(&hash(token))
}
