//! Webhooks: who is told what, with which secrets.

use sheaf_model::{Millis, ProjectId, UserId, WebhookEvent, WebhookEvents, WebhookId, WebhookState};

use crate::args;
use crate::driver::Purpose;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};
use crate::topics::Topic;

#[derive(Clone)]
pub struct WebhookRow {
    pub project: ProjectId,
    pub id: WebhookId,
    pub url: String,
    pub events: WebhookEvents,
    pub state: WebhookState,
    pub secret: Vec<u8>,
    /// The secret before, and until when it is valid.
    pub old_secret: Option<(Vec<u8>, Millis)>,
    /// The first failure since the last success.
    pub failing_since: Option<Millis>,
    pub created: Millis,
    pub created_by: UserId,
}

/// An active webhook, as the one who delivers sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveWebhook {
    pub project: ProjectId,
    pub id: WebhookId,
    pub failing: bool,
}

const COLUMNS: &str = "project_id, webhook_id, url, events, state, secret, old_secret, old_secret_until_ms,
     failing_since_ms, created_ms, created_by";

fn webhook(row: &Row<'_>) -> Result<WebhookRow> {
    let (id, state) = (row.int(1)?, row.text(4)?);
    let until = row.opt_int(7)?;
    Ok(WebhookRow {
        project: ProjectId(row.int(0)?),
        id: WebhookId(id),
        url: row.text(2)?,
        events: WebhookEvents(row.u32(3)?),
        state: WebhookState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("webhooks", id, format!("state `{state}`")))?,
        secret: row.blob(5)?,
        old_secret: until.map(|until| Ok::<_, StoreError>((row.blob(6)?, until))).transpose()?,
        failing_since: row.opt_int(8)?,
        created: row.int(9)?,
        created_by: UserId(row.int(10)?),
    })
}

impl Tx<'_> {
    pub fn insert_webhook(&self, new: &WebhookRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO webhooks (project_id, webhook_id, url, events, state, secret, created_ms, created_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            args![
                new.project,
                new.id,
                &new.url,
                new.events.0,
                new.state.as_str(),
                &new.secret,
                new.created,
                new.created_by,
            ],
        )?;
        self.changed.add(Topic::Outbox);
        Ok(())
    }

    /// Writes everything that may change.
    pub fn update_webhook(&self, changed: &WebhookRow) -> Result<()> {
        let (old, until) = changed.old_secret.as_ref().map(|(old, until)| (old, *until)).unzip();
        self.exec_later(
            "UPDATE webhooks SET url = ?3, events = ?4, state = ?5, secret = ?6, old_secret = ?7,
                                 old_secret_until_ms = ?8, failing_since_ms = ?9
             WHERE project_id = ?1 AND webhook_id = ?2",
            args![
                changed.project,
                changed.id,
                &changed.url,
                changed.events.0,
                changed.state.as_str(),
                &changed.secret,
                old,
                until,
                changed.failing_since,
            ],
        )?;
        // It may have been made active again, or be on its way out.
        self.changed.add(Topic::Outbox);
        Ok(())
    }

    /// A webhook that was not deleted.
    pub fn webhook(&self, project: ProjectId, id: WebhookId) -> Result<Option<WebhookRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM webhooks WHERE project_id = ?1 AND webhook_id = ?2 AND state <> 'deleted'"
            ),
            args![project, id],
            webhook,
        )
    }

    /// The webhooks of a project that were not deleted, oldest first. (The app bounds how many there are.)
    pub fn webhooks(&self, project: ProjectId) -> Result<Vec<WebhookRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM webhooks WHERE project_id = ?1 AND state <> 'deleted' ORDER BY webhook_id"
            ),
            args![project],
            webhook,
        )
    }

    /// Those that are to be told of an event. It runs at every step of the queue.
    pub fn listening_webhooks(&self, project: ProjectId, event: WebhookEvent) -> Result<Vec<WebhookId>> {
        if self.purpose == Purpose::Write {
            let any = || {
                let sql = "SELECT events FROM webhooks WHERE project_id = ?1 AND state = 'active'";
                Ok(self.all(sql, args![project], |row| row.int(0))?.into_iter().fold(0, |all, one| all | one))
            };
            if self.queue.listening(project, any)? & i64::from(WebhookEvents::of([event]).0) == 0 {
                return Ok(Vec::new());
            }
        }
        self.all(
            "SELECT webhook_id FROM webhooks WHERE project_id = ?1 AND state = 'active' AND events & ?2 <> 0",
            args![project, WebhookEvents::of([event]).0],
            |row| Ok(WebhookId(row.int(0)?)),
        )
    }

    /// Every active webhook. An instance has tens of them.
    pub fn active_webhooks(&self) -> Result<Vec<ActiveWebhook>> {
        self.all(
            "SELECT project_id, webhook_id, failing_since_ms IS NOT NULL FROM webhooks WHERE state = 'active'",
            args![],
            |row| {
                Ok(ActiveWebhook {
                    project: ProjectId(row.int(0)?),
                    id: WebhookId(row.int(1)?),
                    failing: row.bool(2)?,
                })
            },
        )
    }

    /// Every webhook, and whether it is on its way out.
    pub fn all_webhooks(&self) -> Result<Vec<(ProjectId, WebhookId, bool)>> {
        self.all("SELECT project_id, webhook_id, state = 'deleted' FROM webhooks", args![], |row| {
            Ok((ProjectId(row.int(0)?), WebhookId(row.int(1)?), row.bool(2)?))
        })
    }

    /// Removes the last row of a deleted webhook.
    pub fn delete_webhook(&self, project: ProjectId, id: WebhookId) -> Result<()> {
        self.exec_later(
            "DELETE FROM webhooks WHERE project_id = ?1 AND webhook_id = ?2 AND state = 'deleted'",
            args![project, id],
        )?;
        Ok(())
    }
}
