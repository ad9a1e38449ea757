//! `PUT /v1/studio/projects/{project}/groups/{group}`: who is in a group.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Add people to a group, or take them out: `add_emails`, `remove_emails`. For managers.
#[utoipa::path(put, path = "/v1/studio/projects/{project}/groups/{group}", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_edit_group(
    State(app): State<App>,
    Caller(me): Caller,
    Path((project, group)): Path<(String, String)>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::groups::edit(&app, &me, project, group, body.object()).await?))
}
