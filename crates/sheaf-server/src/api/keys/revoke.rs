//! `DELETE /api/keys/{key}`: revoking a key.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, keys};
use sheaf_model::KeyId;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Revoke one of the caller's own keys, at once and for good.
#[utoipa::path(delete, path = "/api/keys/{key}", responses((status = 204)))]
pub(crate) async fn revoke_key(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(key): Ids<KeyId>,
) -> Result<StatusCode> {
    keys::revoke(&app, &me.actor, key).await?;
    Ok(StatusCode::NO_CONTENT)
}
