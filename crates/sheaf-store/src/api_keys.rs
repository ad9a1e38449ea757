//! API keys, found by the hash of the whole key.

use sheaf_model::{KeyId, Millis, UserId};

use crate::args;
use crate::error::Result;
use crate::sessions::SecretHash;
use crate::sql::{Row, Tx};
use crate::users::{self, UserRow};

#[derive(Debug, Clone)]
pub struct KeyRow {
    pub id: KeyId,
    pub user: UserId,
    pub name: String,
    /// The start of the key, for telling keys apart.
    pub prefix: String,
    pub created: Millis,
    /// When it was last used, to the minute.
    pub last_used: Option<Millis>,
    pub revoked: Option<Millis>,
}

const COLUMNS: &str = "k.key_id, k.user_id, k.name, k.prefix, k.created_ms, k.last_used_ms, k.revoked_ms";

fn key(row: &Row<'_>, at: usize) -> Result<KeyRow> {
    Ok(KeyRow {
        id: KeyId(row.int(at)?),
        user: UserId(row.int(at + 1)?),
        name: row.text(at + 2)?,
        prefix: row.text(at + 3)?,
        created: row.int(at + 4)?,
        last_used: row.opt_int(at + 5)?,
        revoked: row.opt_int(at + 6)?,
    })
}

impl Tx<'_> {
    pub fn insert_key(&self, new: &KeyRow, secret_hash: &SecretHash) -> Result<()> {
        self.exec_later(
            "INSERT INTO api_keys (key_id, user_id, name, prefix, secret_hash, created_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            args![new.id, new.user, &new.name, &new.prefix, secret_hash, new.created],
        )?;
        Ok(())
    }

    /// The key and whose it is, revoked or not.
    pub fn key_by_secret(&self, secret_hash: &SecretHash) -> Result<Option<(KeyRow, UserRow)>> {
        self.one(
            &format!(
                "SELECT {}, {COLUMNS} FROM api_keys k JOIN users u ON u.user_id = k.user_id WHERE k.secret_hash = ?1",
                users::COLUMNS
            ),
            args![secret_hash],
            |row| Ok((key(row, users::COLUMN_COUNT)?, users::user(row)?)),
        )
    }

    pub fn key(&self, id: KeyId) -> Result<Option<KeyRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM api_keys k WHERE k.key_id = ?1"), args![id], |row| {
            key(row, 0)
        })
    }

    /// Keys of a person, newest first.
    pub fn keys_of(&self, user: UserId) -> Result<Vec<KeyRow>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM api_keys k WHERE k.user_id = ?1 ORDER BY k.key_id DESC"),
            args![user],
            |row| key(row, 0),
        )
    }

    pub fn touch_key(&self, id: KeyId, used: Millis) -> Result<()> {
        self.exec_later("UPDATE api_keys SET last_used_ms = ?2 WHERE key_id = ?1", args![id, used])?;
        Ok(())
    }

    pub fn revoke_key(&self, id: KeyId, now: Millis) -> Result<()> {
        self.exec_later(
            "UPDATE api_keys SET revoked_ms = ?2 WHERE key_id = ?1 AND revoked_ms IS NULL",
            args![id, now],
        )?;
        Ok(())
    }

    pub fn revoke_keys_of(&self, user: UserId, now: Millis) -> Result<usize> {
        self.exec(
            "UPDATE api_keys SET revoked_ms = ?2 WHERE user_id = ?1 AND revoked_ms IS NULL",
            args![user, now],
        )
    }
}
