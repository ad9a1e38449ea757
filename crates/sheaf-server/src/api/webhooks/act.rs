//! `POST /api/projects/{project}/webhooks/{webhook}/...`: a new secret, a test, a delivery once more. They are small and
//! alike, so they share this file.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::{App, webhooks};
use sheaf_model::{DeliveryId, ProjectId, WebhookId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Delivery, WebhookWithSecret};

/// Hours that the secret before is valid beside the new one.
const KEEP_HOURS_DEFAULT: u32 = 24;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateSecret {
    /// Hours that the secret before is valid beside the new one: 0 to 168, 24 when it is left out.
    keep_hours: Option<u32>,
}

/// Give a webhook a new secret. For a while messages are signed with both. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks/{webhook}/rotate", responses((status = 200, body = WebhookWithSecret)))]
pub(crate) async fn rotate_webhook_secret(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, WebhookId)>,
    Json(body): Json<RotateSecret>,
) -> Result<axum::Json<WebhookWithSecret>> {
    let keep_hours = body.keep_hours.unwrap_or(KEEP_HOURS_DEFAULT);
    let (changed, secret) = webhooks::rotate(&app, &me.actor, project, id, keep_hours).await?;
    Ok(axum::Json(WebhookWithSecret { webhook: changed.into(), secret: secret.reveal().to_owned() }))
}

/// Send a `ping`. Its delivery says what came of it. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks/{webhook}/test", responses((status = 202, body = Delivery)))]
pub(crate) async fn test_webhook(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, WebhookId)>,
) -> Result<(StatusCode, axum::Json<Delivery>)> {
    let put = webhooks::test(&app, &me.actor, project, id).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(put.into())))
}

/// Send a delivery again, with the same id. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks/{webhook}/deliveries/{delivery}/redeliver", responses((status = 202, body = Delivery)))]
pub(crate) async fn redeliver(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id, delivery)): Ids<(ProjectId, WebhookId, DeliveryId)>,
) -> Result<(StatusCode, axum::Json<Delivery>)> {
    let put = webhooks::redeliver(&app, &me.actor, project, id, delivery).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(put.into())))
}
