//! `GET /api/projects/{project}/webhooks/{webhook}`: one webhook.

use axum::Json;
use axum::extract::State;
use sheaf_app::{App, webhooks};
use sheaf_model::{ProjectId, WebhookId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::Webhook;

/// One webhook. Its secret is not told again. For managers.
#[utoipa::path(get, path = "/api/projects/{project}/webhooks/{webhook}", responses((status = 200, body = Webhook)))]
pub(crate) async fn get_webhook(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, WebhookId)>,
) -> Result<Json<Webhook>> {
    Ok(Json(webhooks::get(&app, &me.actor, project, id).await?.into()))
}
