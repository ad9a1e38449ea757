//! Delivering: what is due, taking it, and writing down what came of it. Sending itself is the server's.
//!
//! A delivery is taken by a lock with an end, compared and set, so that two who deliver never both have it; a lock whose
//! owner is gone ends by itself. Whoever settles shows the lock.

use serde_json::json;
use sheaf_model::webhook::{FAILING_MAX_MS, pause_after};
use sheaf_model::{DeliveryId, DeliveryState, Millis, ProjectId, WebhookId, WebhookState};
use sheaf_store::webhook_outbox::{AttemptRow, DeliveryRow};
use sheaf_store::webhooks::WebhookRow;
use sheaf_store::{Turn, Tx};

use super::{origin, secret};
use crate::{App, Error, Result, ids};

/// How long a delivery is locked for sending: longer than an attempt may take.
pub const LOCK_MS: Millis = 30_000;

/// Gone for good.
const STATUS_GONE: u16 = 410;

/// An active webhook and when its next delivery is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    pub project: ProjectId,
    pub webhook: WebhookId,
    /// Its last attempt failed.
    pub failing: bool,
    pub due: Millis,
}

/// A delivery that is to be sent now.
#[derive(Debug, Clone)]
pub struct Dispatch {
    pub project: ProjectId,
    pub id: DeliveryId,
    pub url: String,
    pub body: String,
    /// Seconds since the Unix epoch, as signed.
    pub timestamp: i64,
    /// One signature for each valid secret, separated by spaces.
    pub signature: String,
    /// The proof for [`settle`].
    pub lock: Millis,
}

/// What came of sending.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The status of the answer, or why there is none: in our words, never in the endpoint's.
    pub answer: Result<u16, String>,
    /// How long the endpoint asks to be left alone.
    pub retry_after: Option<Millis>,
    pub took_ms: i64,
}

/// What every active webhook has to be told next, if it has.
pub async fn look(app: &App) -> Result<Vec<Ready>> {
    let now = app.now();
    app.store()
        .read(move |tx| {
            let mut out = Vec::new();
            for active in tx.active_webhooks()? {
                let (project, webhook, failing) = (active.project, active.id, active.failing);
                let due = match tx.next_delivery_due(project, webhook, now)? {
                    // What is being sent is due again when its lock ends: who sends it may be gone.
                    None => tx.next_delivery_unlocked(project, webhook, now)?,
                    due => due,
                };
                if let Some(due) = due {
                    out.push(Ready { project, webhook, failing, due });
                }
            }
            Ok(out)
        })
        .await
}

/// Takes what is due of these webhooks, at most so many of each, a transaction a project. The commits are durable before
/// anything is sent.
pub async fn take(app: &App, mut shares: Vec<(ProjectId, WebhookId, u32)>) -> Result<Vec<Dispatch>> {
    shares.sort_by_key(|(project, ..)| *project);
    let mut out = Vec::new();
    for of_one in shares.chunk_by(|(one, ..), (other, ..)| one == other) {
        let (project, of_one, now) = (of_one[0].0, of_one.to_vec(), app.now());
        let taken = app.store().write_in(project, move |tx| take_of(tx, &of_one, now));
        match taken.await {
            Ok(taken) => out.extend(taken),
            // What is locked already is sent.
            Err(error) if !out.is_empty() => tracing::warn!(%error, "deliveries of a project have to wait"),
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}

fn take_of(tx: &Tx<'_>, shares: &[(ProjectId, WebhookId, u32)], now: Millis) -> Result<Vec<Dispatch>> {
    let mut out = Vec::new();
    for &(project, webhook, limit) in shares {
        let Some(row) = tx.webhook(project, webhook)?.filter(|row| row.state == WebhookState::Active) else {
            continue;
        };
        for due in tx.due_deliveries(project, webhook, now, limit)? {
            if tx.lock_delivery(&due, now + LOCK_MS)? {
                out.push(dispatch(&row, due, now)?);
            }
        }
    }
    Ok(out)
}

fn dispatch(webhook: &WebhookRow, due: DeliveryRow, now: Millis) -> Result<Dispatch> {
    let (id, timestamp) = (due.id.to_string(), now.div_euclid(1_000));
    let mut signature = secret::sign(&webhook.secret, &id, timestamp, &due.body)?;
    if let Some((old, _)) = webhook.old_secret.as_ref().filter(|(_, until)| *until > now) {
        signature.push(' ');
        signature.push_str(&secret::sign(old, &id, timestamp, &due.body)?);
    }
    Ok(Dispatch {
        project: due.project,
        id: due.id,
        url: webhook.url.clone(),
        body: due.body,
        timestamp,
        signature,
        lock: now + LOCK_MS,
    })
}

/// Writes down what came of an attempt, and what follows. Nothing when the lock was lost: then somebody else has it.
pub async fn settle(app: &App, sent: Dispatch, attempt: Attempt) -> Result<()> {
    let (inner, random) = (app.clone(), u16::from_be_bytes(ids::random::<2>()?));
    app.store()
        .write_in(Turn::audited(sent.project), move |tx| {
            let now = inner.now();
            let Some(webhook) = tx.webhook(sent.project, sent.id.webhook)? else { return Ok(()) };
            let row = tx.delivery(sent.project, sent.id)?.filter(|row| row.locked_until == sent.lock);
            let Some(row) = row.filter(|row| row.state == DeliveryState::Waiting) else { return Ok(()) };
            written(tx, webhook, row, &attempt, now, random)
        })
        .await
}

fn written(
    tx: &Tx<'_>,
    mut webhook: WebhookRow,
    mut row: DeliveryRow,
    attempt: &Attempt,
    now: Millis,
    random: u16,
) -> Result<()> {
    let (status, error) = match &attempt.answer {
        Ok(status) => (Some(*status), None),
        Err(error) => (None, Some(error.clone())),
    };
    let log = AttemptRow { n: 0, at: now - attempt.took_ms, status, error, took_ms: attempt.took_ms };
    tx.put_attempt(row.project, row.id, &log)?;
    row.locked_until = 0;
    if status.is_some_and(|status| (200..300).contains(&status)) {
        row.state = DeliveryState::Delivered;
        row.due = None;
        tx.update_delivery(&row)?;
        if webhook.failing_since.take().is_some() {
            tx.update_webhook(&webhook)?;
        }
        return Ok(());
    }
    row.attempts += 1;
    let gone = status == Some(STATUS_GONE);
    row.due = if gone { None } else { pause_after(row.attempts, random, attempt.retry_after) }
        .map(|pause| now + pause);
    if row.due.is_none() {
        row.state = DeliveryState::Failed;
    }
    tx.update_delivery(&row)?;
    let since = *webhook.failing_since.get_or_insert(now);
    if webhook.state == WebhookState::Active && (gone || now - since >= FAILING_MAX_MS) {
        webhook.state = if gone { WebhookState::Gone } else { WebhookState::Failing };
        let details = json!({ "to": origin(&webhook.url), "state": webhook.state.as_str() });
        tx.audit(now, None, "webhook.disable", &webhook.id.to_string(), &details)?;
    }
    tx.update_webhook(&webhook)?;
    Ok(())
}

/// Gives up the locks of a process that was killed, before this one begins to deliver. With SQLite it is the only one; where
/// other nodes deliver, a lock may be that of one that is sending, and ends by itself.
pub async fn unlock(app: &App) -> Result<()> {
    if app.store().is_shared() {
        return Ok(());
    }
    app.store()
        .write(|tx| {
            for active in tx.active_webhooks()? {
                tx.unlock_deliveries(active.project, active.id)?;
            }
            Ok::<_, Error>(())
        })
        .await
}
