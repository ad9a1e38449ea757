//! Saved queries.

use serde::Serialize;
use sheaf_app::saved_queries::SavedQueryView;
use sheaf_model::SavedQueryId;
use utoipa::ToSchema;

use super::{Ref, Time};

/// A query that was kept under a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedQuery {
    #[schema(value_type = String)]
    pub id: SavedQueryId,
    pub name: String,
    pub query: String,
    /// The order that it is shown in: `ordinal` or a field, with `-` before it the other way round.
    pub sort: Option<String>,
    /// Whether everybody who sees the library has it.
    pub shared: bool,
    pub owner: Option<Ref>,
    pub created_at: Time,
    pub updated_at: Time,
    /// Whether it is the caller's own.
    pub mine: bool,
}

impl From<SavedQueryView> for SavedQuery {
    fn from(view: SavedQueryView) -> Self {
        let row = view.row;
        Self {
            id: row.id,
            name: row.name,
            query: row.query,
            sort: row.sort,
            shared: row.shared,
            owner: view.owner.map(Ref::from),
            created_at: row.created.into(),
            updated_at: row.updated.into(),
            mine: view.mine,
        }
    }
}
