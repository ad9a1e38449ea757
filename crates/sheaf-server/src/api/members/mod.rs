//! The people of a project.

pub(crate) mod explain;
mod list;
mod pause;
mod revoke;
mod set;

use serde::Serialize;
use sheaf_app::members;
use sheaf_model::{Roles, UserId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;
use crate::wire::{Role, Time};

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_members))
        .routes(routes!(set::set_member))
        .routes(routes!(explain::explain_member_queue))
        .routes(routes!(pause::pause_member))
        .routes(routes!(pause::resume_member))
        .routes(routes!(revoke::revoke_member))
}

/// Somebody in a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    user: MemberUser,
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
    /// Since when they are handed nothing new; `null` when they are.
    paused_at: Option<Time>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberUser {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    email: String,
}

impl From<members::Member> for Member {
    fn from(member: members::Member) -> Self {
        let user = member.user;
        Self {
            user: MemberUser { id: user.id, name: user.name, email: user.email },
            roles: member.roles,
            paused_at: member.paused.map(Time),
        }
    }
}
