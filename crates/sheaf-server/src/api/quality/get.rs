//! `GET /api/projects/{project}/quality`: everybody's results.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use sheaf_app::{App, quality};
use sheaf_model::agreement::share;
use sheaf_model::{ProjectId, UserId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::{Ref, Time};

#[derive(Serialize, ToSchema)]
pub(crate) struct Quality {
    /// People who handed a quality task in.
    items: Vec<PersonQuality>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct PersonQuality {
    person: Ref,
    /// Gold tasks that they handed in.
    n_gold: u64,
    /// Mean agreement with the known answers, 0 to 1.
    gold_score: Option<f64>,
    n_training: u64,
    training_score: Option<f64>,
    last_at: Time,
}

impl From<(UserId, quality::Accuracy)> for PersonQuality {
    fn from((id, of): (UserId, quality::Accuracy)) -> Self {
        Self {
            person: of.person.map_or_else(|| Ref { id: id.to_string(), name: String::new() }, Ref::from),
            n_gold: of.gold.0.unsigned_abs(),
            gold_score: of.gold.1.map(share),
            n_training: of.training.0.unsigned_abs(),
            training_score: of.training.1.map(share),
            last_at: of.last.into(),
        }
    }
}

/// How everybody does on gold and training tasks. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/quality", responses((status = 200, body = Quality)))]
pub(crate) async fn get_quality(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
) -> Result<Json<Quality>> {
    let all = quality::results(&app, &me.actor, project).await?;
    Ok(Json(Quality { items: all.into_iter().map(PersonQuality::from).collect() }))
}
