//! Changing and deleting webhooks.

use serde_json::json;
use sheaf_model::{ProjectId, Reach, WebhookEvents, WebhookId, WebhookState};

use super::create::{checked_events, checked_url, words};
use super::view::{WebhookView, view};
use super::{found, origin};
use sheaf_store::Turn;

use crate::{Access, Actor, App, Result};

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookEdit {
    pub url: Option<String>,
    pub events: Option<WebhookEvents>,
    /// Off: nothing is recorded for it, and what waits goes on waiting. On again: as if it had never failed.
    pub active: Option<bool>,
}

pub async fn edit(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: WebhookId,
    edit: WebhookEdit,
    reach: Reach,
) -> Result<WebhookView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let mut row = found(tx, project, id)?;
            if let Some(url) = edit.url {
                row.url = checked_url(&url, reach)?.as_str().to_owned();
            }
            if let Some(events) = edit.events {
                checked_events(events)?;
                row.events = events;
            }
            match edit.active {
                Some(true) if row.state != WebhookState::Active => {
                    row.state = WebhookState::Active;
                    row.failing_since = None;
                }
                Some(false) if row.state == WebhookState::Active => row.state = WebhookState::Off,
                _ => {}
            }
            tx.update_webhook(&row)?;
            let details =
                json!({ "to": origin(&row.url), "events": words(row.events), "state": row.state.as_str() });
            tx.audit(now, Some(actor.user), "webhook.edit", &id.to_string(), &details)?;
            view(tx, row, now)
        })
        .await
}

/// Nothing is sent any more, from this moment on. Its rows are removed by and by, see [`super::sweep`].
pub async fn delete(app: &App, actor: &Actor, project: ProjectId, id: WebhookId) -> Result<()> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let mut row = found(tx, project, id)?;
            row.state = WebhookState::Deleted;
            row.secret.clear();
            row.old_secret = None;
            tx.update_webhook(&row)?;
            let details = json!({ "to": origin(&row.url) });
            tx.audit(now, Some(actor.user), "webhook.delete", &id.to_string(), &details)?;
            Ok(())
        })
        .await
}
