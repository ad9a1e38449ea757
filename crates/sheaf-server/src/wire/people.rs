//! People, and how they come in.

use serde::{Deserialize, Serialize};
use sheaf_app::sessions::Identity;
use sheaf_app::users;
use sheaf_model::{InvitationId, KeyId, ProjectId, Roles, UserId};
use utoipa::ToSchema;

use super::Time;

/// What a person may do in a project.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the project.
    Manager,
    /// Checks others' work.
    Reviewer,
    /// Labels what the queue hands out.
    Annotator,
}

/// Something with a name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Ref {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    #[schema(value_type = String)]
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// Whether they run the whole instance.
    pub is_admin: bool,
}

impl From<&Identity> for User {
    fn from(me: &Identity) -> Self {
        Self {
            id: me.actor.user,
            email: me.email.clone(),
            name: me.name.clone(),
            is_admin: me.actor.is_admin,
        }
    }
}

/// Who is logged in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// `null` when nobody is.
    pub user: Option<User>,
    /// Whether there is no account yet, so that the set-up link is to be used.
    pub setup_needed: bool,
    /// Of the server.
    pub version: String,
}

impl Session {
    pub(crate) fn of(me: &Identity) -> Self {
        Self { user: Some(me.into()), setup_needed: false, version: env!("CARGO_PKG_VERSION").into() }
    }
    pub(crate) fn nobody(setup_needed: bool) -> Self {
        Self { user: None, setup_needed, version: env!("CARGO_PKG_VERSION").into() }
    }
}

/// A project that a person is in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Membership {
    #[schema(value_type = String)]
    pub id: ProjectId,
    pub name: String,
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
}

/// A person as admins see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    #[schema(value_type = String)]
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub is_admin: bool,
    /// Shut out: no log-in, no key works.
    pub disabled: bool,
    pub created_at: Time,
    pub projects: Vec<Membership>,
}

impl From<users::Person> for Person {
    fn from(person: users::Person) -> Self {
        let user = person.user;
        let projects = person.projects.into_iter();
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            is_admin: user.is_admin,
            disabled: user.disabled,
            created_at: user.created.into(),
            projects: projects
                .map(|of| Membership { id: of.project, name: of.name, roles: of.roles })
                .collect(),
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    #[schema(value_type = String)]
    pub id: InvitationId,
    /// The link's address on this server; only in the answer that made it.
    #[schema(examples("/invite?token=..."))]
    pub url: Option<String>,
    /// Only in the answer that made it.
    pub token: Option<String>,
    /// Only this address may accept it.
    pub email: Option<String>,
    #[schema(value_type = Option<String>)]
    pub project_id: Option<ProjectId>,
    #[schema(value_type = Vec<Role>)]
    pub roles: Roles,
    pub is_admin: bool,
    pub created_at: Time,
    pub expires_at: Time,
    pub used_at: Option<Time>,
}

impl From<sheaf_app::invitations::InvitationRow> for Invitation {
    fn from(row: sheaf_app::invitations::InvitationRow) -> Self {
        Self {
            id: row.id,
            url: None,
            token: None,
            email: row.email,
            project_id: row.project,
            roles: row.roles,
            is_admin: row.is_admin,
            created_at: row.created.into(),
            expires_at: row.expires.into(),
            used_at: row.used.map(Time),
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKey {
    #[schema(value_type = String)]
    pub id: KeyId,
    pub name: String,
    /// The start of the key, for telling keys apart.
    #[schema(examples("sheaf_4z8e1c2v"))]
    pub prefix: String,
    pub created_at: Time,
    /// To the minute.
    pub last_used_at: Option<Time>,
    pub revoked_at: Option<Time>,
}

impl From<sheaf_app::keys::KeyRow> for ApiKey {
    fn from(row: sheaf_app::keys::KeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            created_at: row.created.into(),
            last_used_at: row.last_used.map(Time),
            revoked_at: row.revoked.map(Time),
        }
    }
}
