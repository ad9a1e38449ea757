//! Who works in which project, and as what.

use std::collections::BTreeMap;

use sheaf_model::{Millis, ProjectId, Roles, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};
use crate::users::{self, UserRow};

/// A project that a person is in, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub project: ProjectId,
    pub name: String,
    pub roles: Roles,
}

pub(crate) fn membership(row: &Row<'_>, at: usize) -> Result<Membership> {
    Ok(Membership {
        project: ProjectId(row.int(at)?),
        name: row.text(at + 1)?,
        roles: Roles(row.int(at + 2)? as u8),
    })
}

impl Tx<'_> {
    /// A person's roles in a project; none when they are not a member.
    pub fn roles(&self, project: ProjectId, user: UserId) -> Result<Roles> {
        let bits = self.one(
            "SELECT roles FROM members WHERE project_id = ?1 AND user_id = ?2",
            args![project, user],
            |row| row.int(0),
        )?;
        Ok(bits.map_or(Roles::NONE, |bits| Roles(bits as u8)))
    }

    /// Gives a person exactly these roles; none of them ends the membership.
    pub fn set_roles(&self, project: ProjectId, user: UserId, roles: Roles) -> Result<()> {
        if roles.is_empty() {
            self.exec_later(
                "DELETE FROM members WHERE project_id = ?1 AND user_id = ?2",
                args![project, user],
            )?;
        } else {
            self.exec_later(
                "INSERT INTO members (project_id, user_id, roles) VALUES (?1, ?2, ?3)
                 ON CONFLICT (project_id, user_id) DO UPDATE SET roles = excluded.roles",
                args![project, user, roles.0],
            )?;
        }
        Ok(())
    }

    /// The projects that a person is a member of.
    pub fn memberships(&self, user: UserId) -> Result<Vec<(ProjectId, Roles)>> {
        self.all(
            "SELECT project_id, roles FROM members WHERE user_id = ?1 ORDER BY project_id",
            args![user],
            |row| Ok((ProjectId(row.int(0)?), Roles(row.int(1)? as u8))),
        )
    }

    /// The projects in which a person is handed nothing new.
    pub fn paused_in(&self, user: UserId) -> Result<Vec<ProjectId>> {
        self.all(
            "SELECT project_id FROM members WHERE user_id = ?1 AND paused_ms IS NOT NULL",
            args![user],
            |row| Ok(ProjectId(row.int(0)?)),
        )
    }

    /// The people of a project who are handed nothing new, and since when.
    pub fn paused_members(&self, project: ProjectId) -> Result<BTreeMap<UserId, Millis>> {
        let rows = self.all(
            "SELECT user_id, paused_ms FROM members WHERE project_id = ?1 AND paused_ms IS NOT NULL",
            args![project],
            |row| Ok((UserId(row.int(0)?), row.int(1)?)),
        )?;
        Ok(rows.into_iter().collect())
    }

    /// From now on a person is handed nothing new in a project, or is again. Says since when, and who said so.
    pub fn set_paused(
        &self,
        project: ProjectId,
        user: UserId,
        paused: Option<(Millis, UserId)>,
    ) -> Result<()> {
        self.exec_later(
            "UPDATE members SET paused_ms = ?3, paused_by = ?4 WHERE project_id = ?1 AND user_id = ?2",
            args![project, user, paused.map(|(at, _)| at), paused.map(|(_, by)| by)],
        )?;
        Ok(())
    }

    /// [`Tx::memberships`] with the projects' names, by name.
    pub fn named_memberships(&self, user: UserId) -> Result<Vec<Membership>> {
        self.all(
            "SELECT p.project_id, p.name, m.roles
             FROM members m JOIN projects p ON p.project_id = m.project_id
             WHERE m.user_id = ?1 ORDER BY p.name, p.project_id",
            args![user],
            |row| membership(row, 0),
        )
    }

    /// The people of a project, by name.
    pub fn members(&self, project: ProjectId) -> Result<Vec<(UserRow, Roles)>> {
        self.all(
            &format!(
                "SELECT {}, m.roles FROM members m JOIN users u ON u.user_id = m.user_id
                 WHERE m.project_id = ?1 ORDER BY u.name, u.user_id",
                users::COLUMNS
            ),
            args![project],
            |row| Ok((users::user(row)?, Roles(row.int(users::COLUMN_COUNT)? as u8))),
        )
    }
}
