//! `POST /api/projects/{project}/webhooks`: an address that is told what happens.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::webhooks::{self, NewWebhook};
use sheaf_model::ProjectId;
use utoipa::ToSchema;

use crate::Options;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{self, WebhookEvent, WebhookWithSecret};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhook {
    /// `https` or `http`, of the public internet unless the operator allows private addresses.
    #[schema(examples("https://example.org/hooks/sheaf"))]
    url: String,
    /// All when they are left out.
    events: Option<Vec<WebhookEvent>>,
}

/// Make a webhook. The answer has its secret, which is not told again. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/webhooks", responses((status = 201, body = WebhookWithSecret)))]
pub(crate) async fn create_webhook(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<CreateWebhook>,
) -> Result<(StatusCode, axum::Json<WebhookWithSecret>)> {
    let new = NewWebhook { url: body.url, events: wire::webhook_events(body.events) };
    let (made, secret) = webhooks::create(&app, &me.actor, project, new, options.reach()).await?;
    let made = WebhookWithSecret { webhook: made.into(), secret: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, axum::Json(made)))
}
