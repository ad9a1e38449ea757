//! `GET /api/projects/{project}/fields`: the fields of the library, and what they hold.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::library::fields;
use sheaf_model::ProjectId;
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Query};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FieldsQuery {
    /// Only fields with this in their name, those that begin with it first.
    #[serde(default)]
    find: String,
    /// Metadata fields that are described: 1 to 1,000, 1,000 when it is left out.
    limit: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FieldList {
    items: Vec<FieldInfo>,
    /// How many fields there are, of those that were asked for; the list may hold fewer.
    total: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct FieldInfo {
    /// As it is written in a query.
    name: String,
    /// Of every asset, not of its metadata.
    builtin: bool,
    /// Kinds of its values: boolean, number, time, text. Text that reads as a time is `time` too.
    kinds: Vec<String>,
    /// Assets that have it.
    count: u64,
    /// Different values; `null` when there are too many to count.
    n_distinct: Option<u64>,
    min: Option<String>,
    max: Option<String>,
}

/// The fields that queries can name. For managers and reviewers.
#[utoipa::path(get, path = "/api/projects/{project}/fields", params(FieldsQuery), responses((status = 200, body = FieldList)))]
pub(crate) async fn list_fields(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Query(query): Query<FieldsQuery>,
) -> Result<Json<FieldList>> {
    let (fields, total) =
        fields::fields(&app, &me.actor, project, query.find, query.limit.unwrap_or(fields::FIELDS_MAX))
            .await?;
    let items = fields.into_iter().map(|field| FieldInfo {
        kinds: field.kinds.into_iter().map(str::to_owned).collect(),
        count: field.count,
        n_distinct: field.distinct,
        min: field.min,
        max: field.max,
        name: field.name,
        builtin: field.builtin,
    });
    Ok(Json(FieldList { items: items.collect(), total: total as u64 }))
}
