//! People. An e-mail address is stored in lower case and belongs to one of them.

use sheaf_model::{Millis, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct UserRow {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// PHC string; `None`: this row cannot log in by password.
    pub password_hash: Option<String>,
    pub is_admin: bool,
    pub disabled: bool,
    pub created: Millis,
}

/// Columns that [`user`] reads, of the table `u`.
pub(crate) const COLUMNS: &str =
    "u.user_id, u.email, u.name, u.password_hash, u.is_admin, u.disabled, u.created_ms";
pub(crate) const COLUMN_COUNT: usize = 7;

pub(crate) fn user(row: &Row<'_>) -> Result<UserRow> {
    Ok(UserRow {
        id: UserId(row.int(0)?),
        email: row.text(1)?,
        name: row.text(2)?,
        password_hash: row.opt_text(3)?,
        is_admin: row.bool(4)?,
        disabled: row.bool(5)?,
        created: row.int(6)?,
    })
}

impl Tx<'_> {
    pub fn insert_user(&self, new: &UserRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO users (user_id, email, name, password_hash, is_admin, disabled, created_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            args![
                new.id,
                &new.email,
                &new.name,
                new.password_hash.as_ref(),
                new.is_admin,
                new.disabled,
                new.created,
            ],
        )?;
        Ok(())
    }

    /// Writes everything but the id and the time of creation.
    pub fn update_user(&self, changed: &UserRow) -> Result<()> {
        self.exec_later(
            "UPDATE users SET email = ?2, name = ?3, password_hash = ?4, is_admin = ?5, disabled = ?6
             WHERE user_id = ?1",
            args![
                changed.id,
                &changed.email,
                &changed.name,
                changed.password_hash.as_ref(),
                changed.is_admin,
                changed.disabled,
            ],
        )?;
        Ok(())
    }

    pub fn user(&self, id: UserId) -> Result<Option<UserRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM users u WHERE u.user_id = ?1"), args![id], user)
    }

    pub fn user_by_email(&self, email: &str) -> Result<Option<UserRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM users u WHERE u.email = ?1"), args![email], user)
    }

    /// Everybody, by name.
    pub fn users(&self) -> Result<Vec<UserRow>> {
        self.all(&format!("SELECT {COLUMNS} FROM users u ORDER BY u.name, u.user_id"), args![], user)
    }

    /// Every membership of everybody, with the project's name: for the list of people.
    pub fn all_memberships(&self) -> Result<Vec<(UserId, crate::members::Membership)>> {
        self.all(
            "SELECT m.user_id, p.project_id, p.name, m.roles
             FROM members m JOIN projects p ON p.project_id = m.project_id
             ORDER BY p.name, p.project_id",
            args![],
            |row| Ok((UserId(row.int(0)?), crate::members::membership(row, 1)?)),
        )
    }
}
