//! `POST /v1/teams/invite`: invites people.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Invite people: `emails`, `team_role`. Nothing is mailed: the answer has `invitation_token` for each. For admins.
#[utoipa::path(post, path = "/v1/teams/invite", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_invite(
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::teams::invite(&app, &me, body.object()).await?.into()))
}
