//! `PATCH /api/users/{user}`: making somebody admin, shutting somebody out.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::users::{self, Change};
use sheaf_model::UserId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Person;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeUser {
    is_admin: Option<bool>,
    /// Their sessions end and their keys are revoked at once.
    disabled: Option<bool>,
}

/// Make somebody an admin or not, shut somebody out or let them in again. For admins.
#[utoipa::path(patch, path = "/api/users/{user}", responses((status = 200, body = Person)))]
pub(crate) async fn change_user(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(user): Ids<UserId>,
    Json(body): Json<ChangeUser>,
) -> Result<axum::Json<Person>> {
    let change = Change { is_admin: body.is_admin, disabled: body.disabled };
    Ok(axum::Json(users::change(&app, &me.actor, user, change).await?.into()))
}
