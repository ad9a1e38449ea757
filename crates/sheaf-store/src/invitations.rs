//! Invitations, found by the hash of their link's token.

use sheaf_model::{InvitationId, Millis, ProjectId, Roles, UserId};

use crate::args;
use crate::error::Result;
use crate::sessions::SecretHash;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct InvitationRow {
    pub id: InvitationId,
    /// Only this address may accept it.
    pub email: Option<String>,
    pub project: Option<ProjectId>,
    pub roles: Roles,
    pub is_admin: bool,
    pub created_by: UserId,
    pub created: Millis,
    pub expires: Millis,
    pub used: Option<Millis>,
    pub used_by: Option<UserId>,
}

const COLUMNS: &str = "invitation_id, email, project_id, roles, is_admin, created_by, created_ms, expires_ms,
     used_ms, used_by";

fn invitation(row: &Row<'_>) -> Result<InvitationRow> {
    Ok(InvitationRow {
        id: InvitationId(row.int(0)?),
        email: row.opt_text(1)?,
        project: row.opt_int(2)?.map(ProjectId),
        roles: Roles(row.int(3)? as u8),
        is_admin: row.bool(4)?,
        created_by: UserId(row.int(5)?),
        created: row.int(6)?,
        expires: row.int(7)?,
        used: row.opt_int(8)?,
        used_by: row.opt_int(9)?.map(UserId),
    })
}

impl Tx<'_> {
    pub fn insert_invitation(&self, new: &InvitationRow, token_hash: &SecretHash) -> Result<()> {
        self.exec_later(
            "INSERT INTO invitations
               (invitation_id, token_hash, email, project_id, roles, is_admin, created_by, created_ms, expires_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            args![
                new.id,
                token_hash,
                new.email.as_ref(),
                new.project,
                new.roles.0,
                new.is_admin,
                new.created_by,
                new.created,
                new.expires,
            ],
        )?;
        Ok(())
    }

    pub fn invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM invitations WHERE invitation_id = ?1"),
            args![id],
            invitation,
        )
    }

    pub fn invitation_by_token(&self, token_hash: &SecretHash) -> Result<Option<InvitationRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM invitations WHERE token_hash = ?1"),
            args![token_hash],
            invitation,
        )
    }

    /// Invitations into a project, or all of them; newest first.
    pub fn invitations(&self, project: Option<ProjectId>) -> Result<Vec<InvitationRow>> {
        match project {
            Some(project) => self.all(
                &format!(
                    "SELECT {COLUMNS} FROM invitations WHERE project_id = ?1 ORDER BY invitation_id DESC"
                ),
                args![project],
                invitation,
            ),
            None => self.all(
                &format!("SELECT {COLUMNS} FROM invitations ORDER BY invitation_id DESC"),
                args![],
                invitation,
            ),
        }
    }

    pub fn use_invitation(&self, id: InvitationId, now: Millis, by: UserId) -> Result<()> {
        self.exec_later(
            "UPDATE invitations SET used_ms = ?2, used_by = ?3 WHERE invitation_id = ?1",
            args![id, now, by],
        )?;
        Ok(())
    }

    pub fn delete_invitation(&self, id: InvitationId) -> Result<()> {
        self.exec_later("DELETE FROM invitations WHERE invitation_id = ?1", args![id])?;
        Ok(())
    }
}
