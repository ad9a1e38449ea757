//! Callbacks: put into an outbox in the transaction of what happened, taken by the server that sends them, tried for a day.

use serde_json::{Value, json};
use sheaf_model::{Millis, ProjectId};
use sheaf_store::Tx;
use sheaf_store::scale::{CallbackRow, ClientProject, TaskRow};

use super::find::{Walk, waiting};
use super::tasks::shape;
use crate::{App, Error, Result, ids};

/// How long one may be under way before somebody else may take it: longer than an attempt may take.
const LOCK_MS: Millis = 60_000;
/// Attempts in all, over about a day.
const ATTEMPTS_MAX: u32 = 20;
/// Pauses after the first failures; every later one is the last of them.
const PAUSES_MS: [Millis; 8] = [5_000, 30_000, 120_000, 300_000, 900_000, 1_800_000, 3_600_000, 6_600_000];

/// One that is to be sent now.
#[derive(Debug, Clone)]
pub struct Dispatch {
    row: CallbackRow,
    /// What is shown as `scale-callback-auth`.
    pub key: String,
}

impl Dispatch {
    pub fn url(&self) -> &str {
        &self.row.url
    }
    pub fn body(&self) -> &str {
        &self.row.body
    }
}

pub(super) fn put(
    tx: &Tx<'_>,
    project: ProjectId,
    task: Option<u32>,
    url: &str,
    body: &Value,
    now: Millis,
) -> Result<()> {
    // Nothing is sent to e-mail addresses.
    if !url.contains("://") {
        return Ok(());
    }
    let (url, body, number) = (url.to_owned(), body.to_string(), ids::row_id(now)?);
    Ok(tx.put_callback(&CallbackRow { project, number, task, url, body, attempts: 0, due: now })?)
}

/// Tells a task's callback where it stands.
pub(super) fn put_task(tx: &Tx<'_>, task: &TaskRow, now: Millis) -> Result<()> {
    let Some(url) = &task.callback else { return Ok(()) };
    let seen = shape::one(tx, task)?;
    let response = match &task.error {
        Some(error) => sheaf_store::sql::from_json(error)?,
        None => seen["response"].clone(),
    };
    let body =
        json!({ "task_id": seen["task_id"], "status": seen["status"], "response": response, "task": seen });
    put(tx, task.project, Some(task.number), url, &body, now)
}

/// Takes what is due, at most so many, a transaction a project, and says when the next one is.
pub async fn take(app: &App, walk: &mut Walk, limit: u32) -> Result<(Vec<Dispatch>, Option<Millis>)> {
    let now = app.now();
    let (due, any) =
        app.store().read(move |tx| waiting(tx, now, |tx, id| Ok(tx.next_callback_due(id)?))).await?;
    if limit == 0 || due.is_empty() {
        return Ok((Vec::new(), any));
    }
    let take = |client: ClientProject, n| {
        app.store().write_in(client.project, move |tx| {
            let mut out = Vec::new();
            for row in tx.due_callbacks(client.project, now, n)? {
                if tx.put_off_callback(&row, row.attempts, now + LOCK_MS)? {
                    let key = client.callback_key.clone();
                    out.push(Dispatch { row: CallbackRow { due: now + LOCK_MS, ..row }, key });
                }
            }
            Ok::<_, Error>(out)
        })
    };
    let out = walk.take(due, limit, "callbacks", take).await?;
    let next = app.store().read(move |tx| waiting(tx, now, |tx, id| Ok(tx.next_callback_due(id)?))).await?.1;
    Ok((out, next))
}

/// Writes down what came of an attempt: whether it was answered with 2xx.
pub async fn settle(app: &App, sent: Dispatch, ok: bool) -> Result<()> {
    let (now, row) = (app.now(), sent.row);
    app.store()
        .write_in(row.project, move |tx| {
            let attempts = row.attempts + 1;
            let over = ok || attempts >= ATTEMPTS_MAX;
            let pause = PAUSES_MS[(attempts as usize - 1).min(PAUSES_MS.len() - 1)];
            // Nothing when somebody else has it by now.
            if !tx.put_off_callback(&row, attempts, now + pause)? {
                return Ok(());
            }
            if over {
                tx.delete_callback(row.project, row.number)?;
            }
            if let Some(number) = row.task
                && let Some(before) = tx.client_task(row.project, number)?
            {
                let after = TaskRow { callback_ok: Some(ok), ..before.clone() };
                tx.update_client_task(&before, &after)?;
            }
            Ok(())
        })
        .await
}
