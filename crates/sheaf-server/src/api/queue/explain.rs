//! `GET /api/queue/explain`: what comes next for the caller, and why.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::queue::explain;
use sheaf_model::ProjectId;
use utoipa::IntoParams;

use crate::api::members::explain::MemberQueue;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Query;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplainQuery {
    #[param(value_type = String)]
    project_id: ProjectId,
}

/// What comes next for the caller in a project, and why.
#[utoipa::path(get, path = "/api/queue/explain", params(ExplainQuery), responses((status = 200, body = MemberQueue)))]
pub(crate) async fn explain_own_queue(
    State(app): State<App>,
    Caller(me): Caller,
    Query(query): Query<ExplainQuery>,
) -> Result<Json<MemberQueue>> {
    Ok(Json(explain::own(&app, &me.actor, query.project_id).await?.into()))
}
