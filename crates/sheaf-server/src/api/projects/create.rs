//! `POST /api/projects`: a new project.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::projects::{self, NewProject};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Json;
use crate::wire::{Attribution, Media, ProjectDetail, Taxonomy};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProject {
    name: String,
    /// Cannot be changed later.
    media: Media,
    #[schema(value_type = Option<Taxonomy>)]
    taxonomy: Option<sheaf_model::Taxonomy>,
    /// Markdown, for the annotators.
    instructions: Option<String>,
    /// Where the data comes from, shown wherever the data is.
    attribution: Option<Attribution>,
}

/// Make a project. For admins.
#[utoipa::path(post, path = "/api/projects", responses((status = 201, body = ProjectDetail)))]
pub(crate) async fn create_project(
    State(app): State<App>,
    Caller(me): Caller,
    Json(body): Json<CreateProject>,
) -> Result<(StatusCode, axum::Json<ProjectDetail>)> {
    let new = NewProject {
        name: body.name,
        media: body.media.into(),
        taxonomy: body.taxonomy,
        instructions: body.instructions.unwrap_or_default(),
        attribution: body.attribution.map(Into::into),
    };
    let made = projects::create(&app, &me.actor, new).await?;
    Ok((StatusCode::CREATED, axum::Json(made.into())))
}
