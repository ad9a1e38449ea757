//! Making a webhook, and what is checked of its address.

use serde_json::json;
use sheaf_model::webhook::Host;
use sheaf_model::{Problem, ProjectId, Reach, WebhookEvents, WebhookId, WebhookState, WebhookUrl};
use sheaf_store::webhooks::WebhookRow;

use super::secret::Secret;
use super::view::{WebhookView, view};
use sheaf_store::Turn;

use crate::{Access, Actor, App, Error, Result, ids};

/// Webhooks of one project. Each is looked through at every event.
const IN_PROJECT_MAX: usize = 20;

/// A webhook to be made.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    pub url: String,
    pub events: WebhookEvents,
}

/// Makes a webhook; its secret is in the answer and nowhere else. For managers.
pub async fn create(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    new: NewWebhook,
    reach: Reach,
) -> Result<(WebhookView, Secret)> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let url = checked_url(&new.url, reach)?;
            checked_events(new.events)?;
            if tx.webhooks(project)?.len() >= IN_PROJECT_MAX {
                return Err(Error::conflict(
                    "too_many",
                    format!("a project has at most {IN_PROJECT_MAX} webhooks"),
                )
                .hint("delete one that is not needed any more"));
            }
            let (bytes, secret) = Secret::new()?;
            let row = WebhookRow {
                project,
                id: WebhookId(ids::row_id(now)?),
                url: url.as_str().to_owned(),
                events: new.events,
                state: WebhookState::Active,
                secret: bytes,
                old_secret: None,
                failing_since: None,
                created: now,
                created_by: actor.user,
            };
            tx.insert_webhook(&row)?;
            let details = json!({ "to": url.origin(), "events": words(row.events) });
            tx.audit(now, Some(actor.user), "webhook.create", &row.id.to_string(), &details)?;
            Ok((view(tx, row, now)?, secret))
        })
        .await
}

/// A URL that may be stored. What a name stands for is only known, and checked, when it is called.
pub(super) fn checked_url(text: &str, reach: Reach) -> Result<WebhookUrl> {
    let bad = |message: String| Error::problems("invalid", vec![Problem::new("url", message)]);
    let url = WebhookUrl::parse(text).map_err(bad)?;
    match url.host {
        Host::Ip(ip) if !reach.allows(ip) => {
            let message = "is an address that is not of the public internet";
            Err(bad(message.to_owned())
                .hint("the operator can allow private ones: sheaf serve --allow-private-webhooks"))
        }
        _ => Ok(url),
    }
}

pub(super) fn checked_events(events: WebhookEvents) -> Result<()> {
    if events.iter().next().is_some() {
        return Ok(());
    }
    Err(Error::problems("invalid", vec![Problem::new("events", "must be one at least")]))
}

/// Events as the API calls them.
pub(super) fn words(events: WebhookEvents) -> Vec<&'static str> {
    events.iter().map(sheaf_model::WebhookEvent::as_str).collect()
}
