//! `POST /v1/teams/set_role`: the role of people.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set the role of people in all projects that they are in: `emails`, `team_role`. For admins.
#[utoipa::path(post, path = "/v1/teams/set_role", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_role(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::teams::set_role(&app, &me, body.object()).await?.into()))
}
