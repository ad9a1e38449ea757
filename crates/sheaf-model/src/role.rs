//! Roles in a project. An instance's admin may do everything and needs no role.

use serde::{Deserialize, Serialize};

/// What a person may do in one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the project: uploads, batches, people, settings, export.
    Manager,
    /// Sees the library and the answers; checks others' work.
    Reviewer,
    /// Labels what the queue hands out, and sees nothing else.
    Annotator,
}

/// A set of roles, stored as a small number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Roles(pub u8);

impl Roles {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self(7);

    pub fn of(roles: &[Role]) -> Self {
        Self(roles.iter().fold(0, |bits, role| bits | Self::bit(*role)))
    }
    pub fn has(self, role: Role) -> bool {
        self.0 & Self::bit(role) != 0
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    pub fn list(self) -> Vec<Role> {
        [Role::Manager, Role::Reviewer, Role::Annotator].into_iter().filter(|role| self.has(*role)).collect()
    }
    /// May look at the library, the batches and the answers.
    pub fn sees_library(self) -> bool {
        self.has(Role::Manager) || self.has(Role::Reviewer)
    }
    fn bit(role: Role) -> u8 {
        match role {
            Role::Manager => 1,
            Role::Reviewer => 2,
            Role::Annotator => 4,
        }
    }
}

impl Serialize for Roles {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::of(&Vec::<Role>::deserialize(deserializer)?))
    }
}
