//! Webhooks and their deliveries as managers see them.

use sheaf_model::{Millis, ProjectId, WebhookId};
use sheaf_store::Tx;
use sheaf_store::names::PersonName;
use sheaf_store::webhook_outbox::{AttemptRow, DeliveryRow};
use sheaf_store::webhooks::WebhookRow;

use super::found;
use crate::{Access, Actor, App, Result};

/// Waiting deliveries are counted up to this number.
pub const WAITING_MAX: u32 = 1_000;
/// Deliveries in one page of the log.
pub const PAGE_MAX: u32 = 500;
/// Attempts of a delivery that are shown.
const ATTEMPTS_MAX: u32 = 20;

pub struct WebhookView {
    pub row: WebhookRow,
    pub created_by: Option<PersonName>,
    /// Deliveries that are still to be made, up to [`WAITING_MAX`].
    pub waiting: u32,
    /// Until when the secret before is valid; not when that is past.
    pub old_secret_until: Option<Millis>,
}

pub struct DeliveryView {
    pub row: DeliveryRow,
    /// Newest first.
    pub attempts: Vec<AttemptRow>,
}

pub async fn get(app: &App, actor: &Actor, project: ProjectId, id: WebhookId) -> Result<WebhookView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            view(tx, found(tx, project, id)?, now)
        })
        .await
}

/// Those of a project, oldest first.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<WebhookView>> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            tx.webhooks(project)?.into_iter().map(|row| view(tx, row, now)).collect()
        })
        .await
}

/// A page of a webhook's deliveries, newest first, before a number.
pub async fn deliveries(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: WebhookId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<DeliveryView>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            found(tx, project, id)?;
            let rows = tx.deliveries(project, id, before, limit.clamp(1, PAGE_MAX))?;
            rows.into_iter().map(|row| delivery_view(tx, row)).collect()
        })
        .await
}

pub(super) fn view(tx: &Tx<'_>, row: WebhookRow, now: Millis) -> Result<WebhookView> {
    Ok(WebhookView {
        created_by: tx.person_name(row.created_by)?,
        waiting: tx.waiting_deliveries(row.project, row.id, WAITING_MAX)?,
        old_secret_until: row.old_secret.as_ref().map(|(_, until)| *until).filter(|until| *until > now),
        row,
    })
}

pub(super) fn delivery_view(tx: &Tx<'_>, row: DeliveryRow) -> Result<DeliveryView> {
    Ok(DeliveryView { attempts: tx.attempts(row.project, row.id, ATTEMPTS_MAX)?, row })
}
