//! `POST /api/keys`: making a key.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sheaf_app::{App, keys};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Json;
use crate::wire::ApiKey;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateKey {
    /// What it is for.
    name: String,
}

/// A key that was made just now.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewApiKey {
    #[serde(flatten)]
    key: ApiKey,
    /// The key; shown in this answer only.
    secret: String,
}

/// Make a key that acts as the caller.
#[utoipa::path(post, path = "/api/keys", responses((status = 201, body = NewApiKey)))]
pub(crate) async fn create_key(
    State(app): State<App>,
    Caller(me): Caller,
    Json(body): Json<CreateKey>,
) -> Result<(StatusCode, axum::Json<NewApiKey>)> {
    let new = keys::create(&app, &me, &body.name).await?;
    Ok((StatusCode::CREATED, axum::Json(NewApiKey { key: new.key.into(), secret: new.secret })))
}
