//! `PATCH /api/projects/{project}/webhooks/{webhook}`: changing a webhook.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::webhooks::{self, WebhookEdit};
use sheaf_model::{ProjectId, WebhookId};
use utoipa::ToSchema;

use crate::Options;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{self, Webhook, WebhookEvent};

/// What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeWebhook {
    url: Option<String>,
    events: Option<Vec<WebhookEvent>>,
    /// `false` turns it off: nothing is recorded for it, what waits goes on waiting. `true` turns it on again, also when
    /// it was disabled because of failures.
    active: Option<bool>,
}

/// Change a webhook. For managers.
#[utoipa::path(patch, path = "/api/projects/{project}/webhooks/{webhook}", responses((status = 200, body = Webhook)))]
pub(crate) async fn change_webhook(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, WebhookId)>,
    Json(body): Json<ChangeWebhook>,
) -> Result<axum::Json<Webhook>> {
    let edit = WebhookEdit {
        url: body.url,
        events: body.events.map(|events| wire::webhook_events(Some(events))),
        active: body.active,
    };
    Ok(axum::Json(webhooks::edit(&app, &me.actor, project, id, edit, options.reach()).await?.into()))
}
