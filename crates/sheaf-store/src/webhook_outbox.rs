//! The outbox of webhooks: one row an event and webhook, written in the transaction of the event; and the log of the
//! attempts to deliver it.

use sheaf_model::{DeliveryId, DeliveryState, Millis, ProjectId, WebhookId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};
use crate::topics::Topic;

#[derive(Debug, Clone)]
pub struct DeliveryRow {
    pub project: ProjectId,
    pub id: DeliveryId,
    pub event: String,
    /// JSON, as it is sent.
    pub body: String,
    pub state: DeliveryState,
    /// Failed ones since it was put, or put again.
    pub attempts: u32,
    /// When it is tried next; there when it waits.
    pub due: Option<Millis>,
    /// Until when somebody sends it.
    pub locked_until: Millis,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    pub n: u32,
    pub at: Millis,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub took_ms: i64,
}

const COLUMNS: &str = "project_id, webhook_id, number, event, body, state, attempts, due_ms, locked_until_ms";

fn delivery(row: &Row<'_>) -> Result<DeliveryRow> {
    let (number, state) = (row.int(2)?, row.text(5)?);
    Ok(DeliveryRow {
        project: ProjectId(row.int(0)?),
        id: DeliveryId { webhook: WebhookId(row.int(1)?), number },
        event: row.text(3)?,
        body: row.text(4)?,
        state: DeliveryState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("webhook_outbox", number, format!("state `{state}`")))?,
        attempts: row.u32(6)?,
        due: row.opt_int(7)?,
        locked_until: row.int(8)?,
    })
}

impl Tx<'_> {
    /// Puts an event into the outbox of a webhook, due at once. Its number is greater than every other of the webhook.
    pub fn put_delivery(
        &self,
        project: ProjectId,
        webhook: WebhookId,
        event: &str,
        body: &str,
        now: Millis,
    ) -> Result<DeliveryId> {
        let last = self.one(
            "SELECT number FROM webhook_outbox WHERE project_id = ?1 AND webhook_id = ?2 ORDER BY number DESC LIMIT 1",
            args![project, webhook],
            |row| row.int(0),
        )?;
        let number = last.map_or(0, |last| last + 1).max(DeliveryId::number_at(now));
        self.exec_later(
            "INSERT INTO webhook_outbox (project_id, webhook_id, number, event, body, state, due_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', ?6)",
            args![project, webhook, number, event, body, now],
        )?;
        self.changed.add(Topic::Outbox);
        Ok(DeliveryId { webhook, number })
    }

    /// When a webhook's next delivery that nobody sends is due; it may have been due for long.
    pub fn next_delivery_due(
        &self,
        project: ProjectId,
        webhook: WebhookId,
        now: Millis,
    ) -> Result<Option<Millis>> {
        self.one(
            "SELECT due_ms FROM webhook_outbox
             WHERE project_id = ?1 AND webhook_id = ?2 AND due_ms IS NOT NULL AND locked_until_ms <= ?3
             ORDER BY due_ms LIMIT 1",
            args![project, webhook, now],
            |row| row.int(0),
        )
    }

    /// When the first lock of a webhook's waiting deliveries ends.
    pub fn next_delivery_unlocked(
        &self,
        project: ProjectId,
        webhook: WebhookId,
        now: Millis,
    ) -> Result<Option<Millis>> {
        let end = self.one(
            "SELECT min(locked_until_ms) FROM webhook_outbox
             WHERE project_id = ?1 AND webhook_id = ?2 AND due_ms >= 0 AND locked_until_ms > ?3",
            args![project, webhook, now],
            |row| row.opt_int(0),
        )?;
        Ok(end.flatten())
    }

    /// A webhook's deliveries that are due and that nobody sends, oldest first.
    pub fn due_deliveries(
        &self,
        project: ProjectId,
        webhook: WebhookId,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM webhook_outbox
                 WHERE project_id = ?1 AND webhook_id = ?2 AND due_ms <= ?3 AND locked_until_ms <= ?3
                 ORDER BY due_ms LIMIT ?4"
            ),
            args![project, webhook, now, limit],
            delivery,
        )
    }

    /// Takes a delivery for sending, unless somebody else has it by now. The lock is the proof of it.
    pub fn lock_delivery(&self, seen: &DeliveryRow, until: Millis) -> Result<bool> {
        let locked = self.exec(
            "UPDATE webhook_outbox SET locked_until_ms = ?5
             WHERE project_id = ?1 AND webhook_id = ?2 AND number = ?3 AND locked_until_ms = ?4
                   AND state = 'waiting'",
            args![seen.project, seen.id.webhook, seen.id.number, seen.locked_until, until],
        )?;
        Ok(locked == 1)
    }

    /// Gives up the locks of a process that is gone. Only the sole process may call it.
    pub fn unlock_deliveries(&self, project: ProjectId, webhook: WebhookId) -> Result<()> {
        self.exec_later(
            "UPDATE webhook_outbox SET locked_until_ms = 0
             WHERE project_id = ?1 AND webhook_id = ?2 AND due_ms IS NOT NULL AND locked_until_ms > 0",
            args![project, webhook],
        )?;
        Ok(())
    }

    /// Writes state, attempts, when it is due, and the lock.
    pub fn update_delivery(&self, changed: &DeliveryRow) -> Result<()> {
        self.exec_later(
            "UPDATE webhook_outbox SET state = ?4, attempts = ?5, due_ms = ?6, locked_until_ms = ?7
             WHERE project_id = ?1 AND webhook_id = ?2 AND number = ?3",
            args![
                changed.project,
                changed.id.webhook,
                changed.id.number,
                changed.state.as_str(),
                changed.attempts,
                changed.due,
                changed.locked_until,
            ],
        )?;
        self.changed.add(Topic::Outbox);
        Ok(())
    }

    pub fn delivery(&self, project: ProjectId, id: DeliveryId) -> Result<Option<DeliveryRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM webhook_outbox WHERE project_id = ?1 AND webhook_id = ?2 AND number = ?3"
            ),
            args![project, id.webhook, id.number],
            delivery,
        )
    }

    /// One page of a webhook's deliveries, newest first, before a number.
    pub fn deliveries(
        &self,
        project: ProjectId,
        webhook: WebhookId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DeliveryRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM webhook_outbox
                 WHERE project_id = ?1 AND webhook_id = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4"
            ),
            args![project, webhook, before.unwrap_or(i64::MAX), limit],
            delivery,
        )
    }

    /// How many deliveries of a webhook wait; counted up to `max`.
    pub fn waiting_deliveries(&self, project: ProjectId, webhook: WebhookId, max: u32) -> Result<u32> {
        let n = self.one(
            "SELECT count(*) FROM (SELECT 1 FROM webhook_outbox
                                   WHERE project_id = ?1 AND webhook_id = ?2 AND due_ms IS NOT NULL LIMIT ?3) waiting",
            args![project, webhook, max],
            |row| row.u32(0),
        )?;
        Ok(n.unwrap_or(0))
    }

    /// Adds to the log of a delivery; the number in `new` is not used.
    pub fn put_attempt(&self, project: ProjectId, id: DeliveryId, new: &AttemptRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO webhook_attempts (project_id, webhook_id, number, n, at_ms, status, error, took_ms)
             VALUES (?1, ?2, ?3,
                     (SELECT coalesce(max(n), 0) + 1 FROM webhook_attempts
                      WHERE project_id = ?1 AND webhook_id = ?2 AND number = ?3),
                     ?4, ?5, ?6, ?7)",
            args![
                project,
                id.webhook,
                id.number,
                new.at,
                new.status.map(i32::from),
                new.error.as_ref(),
                new.took_ms,
            ],
        )?;
        Ok(())
    }

    /// The last attempts of a delivery, newest first.
    pub fn attempts(&self, project: ProjectId, id: DeliveryId, limit: u32) -> Result<Vec<AttemptRow>> {
        self.all(
            "SELECT n, at_ms, status, error, took_ms FROM webhook_attempts
             WHERE project_id = ?1 AND webhook_id = ?2 AND number = ?3 ORDER BY n DESC LIMIT ?4",
            args![project, id.webhook, id.number, limit],
            |row| {
                Ok(AttemptRow {
                    n: row.u32(0)?,
                    at: row.int(1)?,
                    status: row.opt_u32(2)?.and_then(|status| u16::try_from(status).ok()),
                    error: row.opt_text(3)?,
                    took_ms: row.int(4)?,
                })
            },
        )
    }

    /// How many deliveries wait, of all webhooks, and when the oldest of them was put.
    pub fn delivery_backlog(&self) -> Result<(i64, Option<Millis>)> {
        let found = self.one(
            "SELECT count(*), min(number) FROM webhook_outbox WHERE due_ms IS NOT NULL",
            args![],
            |row| Ok((row.int(0)?, row.opt_int(1)?.map(DeliveryId::at_number))),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// Removes the oldest deliveries of a webhook below a number, at most `limit`, with their logs. How many it were.
    pub fn prune_deliveries(
        &self,
        project: ProjectId,
        webhook: WebhookId,
        below: i64,
        limit: u32,
    ) -> Result<usize> {
        let last = self.one(
            "SELECT max(number) FROM (SELECT number FROM webhook_outbox
                                      WHERE project_id = ?1 AND webhook_id = ?2 AND number < ?3
                                      ORDER BY number LIMIT ?4) oldest",
            args![project, webhook, below, limit],
            |row| row.opt_int(0),
        )?;
        let Some(last) = last.flatten() else { return Ok(0) };
        self.exec_later(
            "DELETE FROM webhook_attempts WHERE project_id = ?1 AND webhook_id = ?2 AND number <= ?3",
            args![project, webhook, last],
        )?;
        self.exec(
            "DELETE FROM webhook_outbox WHERE project_id = ?1 AND webhook_id = ?2 AND number <= ?3",
            args![project, webhook, last],
        )
    }
}
