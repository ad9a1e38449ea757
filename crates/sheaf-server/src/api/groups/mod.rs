//! Groups of a project's people.

mod change;
mod create;
mod delete;
mod list;

use serde::Serialize;
use sheaf_app::groups::GroupView;
use sheaf_model::GroupId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;
use crate::wire::{Ref, Time};

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(list::list_groups, create::create_group))
        .routes(routes!(change::change_group, delete::delete_group))
}

/// Some of a project's people under a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Group {
    #[schema(value_type = String)]
    id: GroupId,
    name: String,
    people: Vec<Ref>,
    /// Batches that have not ended and are open to it. While there are any it cannot be removed.
    batches: Vec<Ref>,
    created_at: Time,
}

impl From<GroupView> for Group {
    fn from(view: GroupView) -> Self {
        let batches = view.batches.into_iter().map(|(id, name)| Ref { id: id.to_string(), name });
        Self {
            id: view.row.id,
            name: view.row.name,
            people: view.people.into_iter().map(Ref::from).collect(),
            batches: batches.collect(),
            created_at: view.row.created.into(),
        }
    }
}
