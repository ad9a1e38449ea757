//! A new secret, a test, and sending something again.

use serde_json::json;
use sheaf_model::webhook::PING;
use sheaf_model::{DeliveryId, DeliveryState, Millis, ProjectId, WebhookId, WebhookState};
use sheaf_store::webhooks::WebhookRow;

use super::found;
use super::secret::Secret;
use super::view::{DeliveryView, WebhookView, delivery_view, view};
use sheaf_store::Turn;

use crate::{Access, Actor, App, Error, Result};

/// How long the secret before is valid beside a new one, at most: a week.
const OLD_SECRET_HOURS_MAX: u32 = 7 * 24;

/// Gives a webhook a new secret. The one before signs beside it for so many hours; with 0 it is void at once.
pub async fn rotate(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: WebhookId,
    keep_hours: u32,
) -> Result<(WebhookView, Secret)> {
    let (now, actor) = (app.now(), actor.clone());
    if keep_hours > OLD_SECRET_HOURS_MAX {
        let message = format!("must be at most {OLD_SECRET_HOURS_MAX}");
        return Err(Error::problems("invalid", vec![sheaf_model::Problem::new("keep_hours", message)]));
    }
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let mut row = found(tx, project, id)?;
            let (bytes, secret) = Secret::new()?;
            let old = std::mem::replace(&mut row.secret, bytes);
            row.old_secret = (keep_hours > 0).then(|| (old, now + Millis::from(keep_hours) * 3_600_000));
            tx.update_webhook(&row)?;
            let details = json!({ "keep_hours": keep_hours });
            tx.audit(now, Some(actor.user), "webhook.rotate", &id.to_string(), &details)?;
            Ok((view(tx, row, now)?, secret))
        })
        .await
}

/// Puts a `ping` into the outbox of one webhook.
pub async fn test(app: &App, actor: &Actor, project: ProjectId, id: WebhookId) -> Result<DeliveryView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            is_active(&found(tx, project, id)?)?;
            let name = tx.project(project)?.map(|row| row.name);
            let data = json!({ "project": { "id": project, "name": name }, "webhook": id });
            let body = super::outbox::body(PING, now, &data)?;
            let delivery = tx.put_delivery(project, id, PING, &body, now)?;
            let row = tx.delivery(project, delivery)?.ok_or(Error::not_found("delivery"))?;
            delivery_view(tx, row)
        })
        .await
}

/// Sends a delivery again, with its id, as if it were new. One that waits is sent at once.
pub async fn redeliver(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: WebhookId,
    delivery: DeliveryId,
) -> Result<DeliveryView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let webhook = found(tx, project, id)?;
            let row = tx.delivery(project, delivery)?.filter(|row| row.id.webhook == id);
            let mut row = row.ok_or(Error::not_found("delivery"))?;
            is_active(&webhook)?;
            row.state = DeliveryState::Waiting;
            row.attempts = 0;
            row.due = Some(now);
            tx.update_delivery(&row)?;
            delivery_view(tx, row)
        })
        .await
}

fn is_active(webhook: &WebhookRow) -> Result<()> {
    if webhook.state == WebhookState::Active {
        return Ok(());
    }
    Err(Error::conflict("not_active", "nothing is sent to this webhook: it is not active")
        .hint("make it active first")
        .details(json!({ "state": webhook.state.as_str() })))
}
