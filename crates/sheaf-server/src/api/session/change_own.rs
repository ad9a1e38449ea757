//! `PATCH /api/session/user`: one's own name and password.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::users::{self, NewPassword, OwnChange};
use utoipa::ToSchema;

use crate::auth::{Caller, ClientIp};
use crate::error::Result;
use crate::extract::Json;
use crate::wire::Session;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeOwnAccount {
    name: Option<String>,
    password: Option<ChangePassword>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePassword {
    current: String,
    new: String,
}

/// Change one's own name or password. A new password ends the other sessions.
#[utoipa::path(patch, path = "/api/session/user", responses((status = 200, body = Session)))]
pub(crate) async fn change_own_account(
    State(app): State<App>,
    Caller(me): Caller,
    ClientIp(from): ClientIp,
    Json(body): Json<ChangeOwnAccount>,
) -> Result<axum::Json<Session>> {
    let password = body.password.map(|password| NewPassword { current: password.current, new: password.new });
    let me = users::change_own(&app, &me, OwnChange { name: body.name, password }, from).await?;
    Ok(axum::Json(Session::of(&me)))
}
