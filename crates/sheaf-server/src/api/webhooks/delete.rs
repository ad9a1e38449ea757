//! `DELETE /api/projects/{project}/webhooks/{webhook}`: away with a webhook.

use axum::extract::State;
use axum::http::StatusCode;
use sheaf_app::{App, webhooks};
use sheaf_model::{ProjectId, WebhookId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Delete a webhook with what waits for it and its log. For managers.
#[utoipa::path(delete, path = "/api/projects/{project}/webhooks/{webhook}", responses((status = 204)))]
pub(crate) async fn delete_webhook(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, WebhookId)>,
) -> Result<StatusCode> {
    webhooks::delete(&app, &me.actor, project, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
