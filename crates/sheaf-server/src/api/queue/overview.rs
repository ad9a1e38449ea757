//! `GET /api/queue`: the projects that the caller may label in.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::App;
use sheaf_app::queue::overview;
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::wire::Media;

#[derive(Serialize, ToSchema)]
pub(crate) struct QueueOverview {
    projects: Vec<ProjectQueue>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ProjectQueue {
    #[schema(value_type = String)]
    id: ProjectId,
    name: String,
    media: Media,
    /// Tasks that the caller may label now; others claim too. 0 when the caller does not label here.
    available: i64,
    /// Reviews that the caller may make now. 0 when the caller does not review here.
    reviews: i64,
    /// Tasks that the caller holds.
    mine: u64,
    /// Whether a manager lets the caller have no new tasks.
    paused: bool,
    submitted_today: i64,
    submitted_total: i64,
}

/// Where there is something to label for the caller.
#[utoipa::path(get, path = "/api/queue", responses((status = 200, body = QueueOverview)))]
pub(crate) async fn get_queue(State(app): State<App>, Caller(me): Caller) -> Result<Json<QueueOverview>> {
    let projects = overview::overview(&app, &me.actor).await?.into_iter().map(|it| {
        let (id, name, media) = it.project;
        ProjectQueue {
            id,
            name,
            media: media.into(),
            available: it.available,
            reviews: it.reviews,
            mine: it.mine as u64,
            paused: it.paused,
            submitted_today: it.submitted_today,
            submitted_total: it.submitted_total,
        }
    });
    Ok(Json(QueueOverview { projects: projects.collect() }))
}
