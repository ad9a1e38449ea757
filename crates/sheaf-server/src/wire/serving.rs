//! How a batch is served. Requests are read by `sheaf_model`; the types here only describe their JSON for the document.

use serde::Serialize;
use sheaf_app::batches::Warning;
use sheaf_app::batches::view::OpenToView;
use utoipa::ToSchema;

use super::Ref;

/// Whom a batch is open to, of those with a role for it; nobody named: everybody.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub struct OpenTo {
    /// Ids of groups.
    #[schema(required = false)]
    groups: Vec<String>,
    /// Ids of people of the project.
    #[schema(required = false)]
    people: Vec<String>,
}

/// Whom a batch is open to; nobody named: everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchOpenTo {
    groups: Vec<Ref>,
    people: Vec<Ref>,
}

impl From<OpenToView> for BatchOpenTo {
    fn from(view: OpenToView) -> Self {
        let groups = view.groups.into_iter().map(|(id, name)| Ref { id: id.to_string(), name });
        Self { groups: groups.collect(), people: view.people.into_iter().map(Ref::from).collect() }
    }
}

/// The order in which a batch's untouched tasks are handed out.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskOrder {
    Upload,
    Shuffled(ShuffledOrder),
    Field(FieldOrder),
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub struct ShuffledOrder {
    /// Made and stored when it is left out; the same seed gives the same order.
    seed: Option<u64>,
}

/// By the values at the launch, ties in upload order, what has no value last.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the shape in the document")]
pub struct FieldOrder {
    /// A field as it is written in a query.
    by: String,
    #[schema(required = false)]
    descending: bool,
}

/// What is likely not meant about a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchWarning {
    code: String,
    message: String,
}

impl From<Warning> for BatchWarning {
    fn from(warning: Warning) -> Self {
        Self { code: warning.code.to_owned(), message: warning.message }
    }
}
