//! `POST /api/projects/{project}/groups`: a new group.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::{App, groups};
use sheaf_model::{ProjectId, UserId};
use utoipa::ToSchema;

use super::Group;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateGroup {
    name: String,
    /// People of the project.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    people: Vec<UserId>,
}

/// Make a group. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/groups", responses((status = 201, body = Group)))]
pub(crate) async fn create_group(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<CreateGroup>,
) -> Result<(StatusCode, axum::Json<Group>)> {
    let made = groups::create(&app, &me.actor, project, body.name, body.people).await?;
    Ok((StatusCode::CREATED, axum::Json(made.into())))
}
