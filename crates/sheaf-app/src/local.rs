//! The command line on the server's own machine: who can read the data folder acts as an admin, without a key.
//!
//! Each start writes a new key to `local.key` in the data folder, readable by its owner only.

use std::io::Write;
use std::path::Path;

use sheaf_model::UserId;
use sheaf_store::users::UserRow;
use sheaf_store::{StoreError, Turn};

use crate::guard::hash;
use crate::{App, Error, Result, ids};

/// Of the row that the command line acts as. Nobody logs in with it, and it is no admin for the rule of the last one.
pub const EMAIL: &str = "command-line@localhost";
const NAME: &str = "Command line";
/// Name of the key's file in the data folder.
pub const KEY_FILE: &str = "local.key";

/// Makes the key of this run, writes it where the command line finds it, and returns it.
pub async fn operator(app: &App) -> Result<String> {
    let (now, new_id) = (app.now(), UserId(ids::row_id(app.now())?));
    let user = app
        .store()
        .write_in(Turn::instance(), move |tx| {
            if let Some(user) = tx.user_by_email(EMAIL)? {
                return Ok::<_, Error>(user.id);
            }
            tx.insert_user(&UserRow {
                id: new_id,
                email: EMAIL.into(),
                name: NAME.into(),
                password_hash: None,
                is_admin: true,
                disabled: false,
                created: now,
            })?;
            Ok(new_id)
        })
        .await?;
    let key = format!("sheaf_local_{}", ids::secret()?);
    let path = app.config().dir.join(KEY_FILE);
    let text = key.clone();
    let write = move || write_private(&path, &text).map_err(|error| StoreError::file(&path, error));
    tokio::task::spawn_blocking(write).await.map_err(|error| Error::internal(error.to_string()))??;
    *app.guard().operator.write() = Some((hash(&key), user));
    Ok(key)
}

/// Whether a row is the command line's and not a person's.
pub(crate) fn is_operator(user: &UserRow) -> bool {
    user.email == EMAIL
}

/// Writes a file that only its owner can read, and never half of it.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let part = path.with_extension("key.part");
    // One that is left over may have other rights.
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&part)?.write_all(text.as_bytes())?;
    std::fs::rename(&part, path)
}
