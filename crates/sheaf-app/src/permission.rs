//! What an actor may do in a project. Called inside the transaction that does the work, so that a role that was taken
//! away a moment ago counts.

use sheaf_model::{ProjectId, Role, Roles};
use sheaf_store::Tx;
use sheaf_store::projects::ProjectRow;

use crate::{Actor, Error, Result};

/// An actor's access to one project.
#[derive(Debug, Clone)]
pub struct Access {
    pub project: ProjectRow,
    /// An admin has all of them.
    pub roles: Roles,
}

impl Access {
    /// Access of the actor; "no such project" when there is none, so that a stranger cannot tell the two apart.
    pub fn of(tx: &Tx<'_>, actor: &Actor, project: ProjectId) -> Result<Self> {
        let roles = if actor.is_admin { Roles::ALL } else { tx.roles(project, actor.user)? };
        let project =
            tx.project(project)?.filter(|_| !roles.is_empty()).ok_or(Error::not_found("project"))?;
        Ok(Self { project, roles })
    }

    /// May run the project.
    pub fn manager(tx: &Tx<'_>, actor: &Actor, project: ProjectId) -> Result<Self> {
        Self::of(tx, actor, project)?.need(Role::Manager)
    }

    /// May look at the library, the batches and the answers.
    pub fn viewer(tx: &Tx<'_>, actor: &Actor, project: ProjectId) -> Result<Self> {
        let access = Self::of(tx, actor, project)?;
        if access.roles.sees_library() { Ok(access) } else { Err(lacks("manager or reviewer")) }
    }

    fn need(self, role: Role) -> Result<Self> {
        if self.roles.has(role) {
            return Ok(self);
        }
        Err(lacks(match role {
            Role::Manager => "manager",
            Role::Reviewer => "reviewer",
            Role::Annotator => "annotator",
        }))
    }
}

fn lacks(role: &str) -> Error {
    Error::forbidden(format!("this needs the role {role} in the project"))
}
