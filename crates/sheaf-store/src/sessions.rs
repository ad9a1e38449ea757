//! Browser sessions, found by the hash of their cookie.

use sheaf_model::{Millis, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::Tx;
use crate::users::{self, UserRow};

/// SHA-256 of a cookie, a link's token or a key.
pub type SecretHash = [u8; 32];

#[derive(Debug, Clone)]
pub struct SessionRow {
    pub token_hash: SecretHash,
    pub user: UserId,
    pub created: Millis,
    /// When it was last used, to the minute.
    pub seen: Millis,
    /// When it ends even if it is in use.
    pub expires: Millis,
}

impl Tx<'_> {
    pub fn insert_session(&self, new: &SessionRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO sessions (token_hash, user_id, created_ms, seen_ms, expires_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            args![&new.token_hash, new.user, new.created, new.seen, new.expires],
        )?;
        Ok(())
    }

    /// The session and whose it is.
    pub fn session(&self, token_hash: &SecretHash) -> Result<Option<(SessionRow, UserRow)>> {
        let n = users::COLUMN_COUNT;
        self.one(
            &format!(
                "SELECT {}, s.created_ms, s.seen_ms, s.expires_ms
                 FROM sessions s JOIN users u ON u.user_id = s.user_id WHERE s.token_hash = ?1",
                users::COLUMNS
            ),
            args![token_hash],
            |row| {
                let user = users::user(row)?;
                let session = SessionRow {
                    token_hash: *token_hash,
                    user: user.id,
                    created: row.int(n)?,
                    seen: row.int(n + 1)?,
                    expires: row.int(n + 2)?,
                };
                Ok((session, user))
            },
        )
    }

    pub fn touch_session(&self, token_hash: &SecretHash, seen: Millis) -> Result<()> {
        self.exec_later(
            "UPDATE sessions SET seen_ms = ?2 WHERE token_hash = ?1 AND seen_ms < ?2",
            args![token_hash, seen],
        )?;
        Ok(())
    }

    pub fn delete_session(&self, token_hash: &SecretHash) -> Result<bool> {
        Ok(self.exec("DELETE FROM sessions WHERE token_hash = ?1", args![token_hash])? > 0)
    }

    /// Ends the sessions of a person, but for one.
    pub fn delete_sessions_of(&self, user: UserId, but: Option<&SecretHash>) -> Result<usize> {
        self.exec(
            "DELETE FROM sessions WHERE user_id = ?1 AND token_hash IS DISTINCT FROM ?2",
            args![user, but],
        )
    }

    /// Forgets sessions that nobody can use any more.
    pub fn delete_dead_sessions(&self, seen_before: Millis, now: Millis) -> Result<usize> {
        self.exec("DELETE FROM sessions WHERE seen_ms < ?1 OR expires_ms <= ?2", args![seen_before, now])
    }
}
