//! The people of a project.

pub(crate) mod explain;
mod list;
mod set;

use serde::Serialize;
use sheaf_app::members::UserRow;
use sheaf_model::{Roles, UserId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;
use crate::wire::Role;

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_members))
        .routes(routes!(set::set_member))
        .routes(routes!(explain::explain_member_queue))
}

/// Somebody in a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    user: MemberUser,
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberUser {
    #[schema(value_type = String)]
    id: UserId,
    name: String,
    email: String,
}

impl Member {
    fn new(user: UserRow, roles: Roles) -> Self {
        Self { user: MemberUser { id: user.id, name: user.name, email: user.email }, roles }
    }
}
