//! Who asks.

use sheaf_model::UserId;

/// An authenticated person (or the program that acts with their key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub user: UserId,
    pub is_admin: bool,
}
