//! `GET /api/queue/skips`: what the caller passed on.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::queue::skips;
use sheaf_model::{ProjectId, TaskId};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;
use crate::wire::{Asset, Ref, Time};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SkipsQuery {
    /// Only of this project.
    #[param(value_type = Option<String>)]
    project_id: Option<ProjectId>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Skips {
    /// At most 200.
    items: Vec<Skip>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Skip {
    #[schema(value_type = String)]
    project_id: ProjectId,
    #[schema(value_type = String)]
    task_id: TaskId,
    asset: Asset,
    batch: Ref,
    reason: String,
    at: Time,
    /// The batch still takes answers, so that taking it back is of use.
    open: bool,
}

/// Tasks that the caller passed on, newest first.
#[utoipa::path(get, path = "/api/queue/skips", params(SkipsQuery), responses((status = 200, body = Skips)))]
pub(crate) async fn list_skips(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<SkipsQuery>,
) -> Result<Json<Skips>> {
    let skipped = skips::list(&app, &me.actor, query.project_id).await?.into_iter().map(|it| Skip {
        project_id: it.row.task.project,
        task_id: it.row.task,
        asset: it.asset.into(),
        batch: Ref { id: it.row.task.batch.to_string(), name: it.batch },
        reason: it.row.reason,
        at: it.row.at.into(),
        open: it.open,
    });
    Ok(Json(Skips { items: skipped.collect() }))
}
