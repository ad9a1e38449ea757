//! `PATCH /api/projects/{project}`: changing a project.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::projects::{self, Change, SettingsChange};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::ProjectDetail;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeProject {
    name: Option<String>,
    /// Markdown.
    instructions: Option<String>,
    settings: Option<ChangeSettings>,
    archived: Option<bool>,
}

/// What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeSettings {
    lease_minutes: Option<u32>,
    leases_max: Option<u32>,
    skip_limit: Option<u32>,
}

/// Change a project's name, instructions or settings, or archive it. For its managers.
#[utoipa::path(patch, path = "/api/projects/{project}", responses((status = 200, body = ProjectDetail)))]
pub(crate) async fn change_project(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<ChangeProject>,
) -> Result<axum::Json<ProjectDetail>> {
    let settings = body.settings.map(|settings| SettingsChange {
        lease_minutes: settings.lease_minutes,
        leases_max: settings.leases_max,
        skip_limit: settings.skip_limit,
    });
    let change =
        Change { name: body.name, instructions: body.instructions, settings, archived: body.archived };
    Ok(axum::Json(projects::change(&app, &me.actor, project, change).await?.into()))
}
