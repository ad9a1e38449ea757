//! Answering over the API what Sheaf's desk does not show. Not of Scale: there tasks are answered by its own people.

use serde_json::Value;
use sheaf_store::scale::{Stage, Status, TaskRow};

use super::shape;
use crate::scale::find::{self, To};
use crate::scale::params::bad;
use crate::scale::{Client, end};
use crate::{App, Result};

/// Bytes of a response.
const BYTES_MAX: usize = 5_000_000;

/// `POST task/{id}/response`: completes a task, or gives a completed one another response.
pub async fn answer(app: &App, client: &Client, task: String, body: Value) -> Result<Value> {
    if !body.is_object() {
        return Err(bad("the response must be a JSON object"));
    }
    let text = body.to_string();
    if text.len() > BYTES_MAX {
        return Err(bad(format!("the response has {} bytes, {BYTES_MAX} are the most", text.len())));
    }
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write_in(find::turn_of_task(&task), move |tx| {
            let (_, before) = find::task(tx, &actor, &task, To::Change)?;
            if before.stage != Stage::Apart {
                return Err(bad("the task is answered at Sheaf's desk, or over /api/queue"));
            }
            if matches!(before.status, Status::Canceled | Status::Error) {
                return Err(bad(format!("the task has ended: it is {}", before.status.as_str())));
            }
            let batch = tx.batch(before.project, before.batch)?;
            if batch.is_some_and(|batch| !batch.state.launched()) {
                return Err(bad("the batch of the task is not finalized"));
            }
            let now = inner.now();
            let after = TaskRow {
                status: Status::Completed,
                completed: Some(before.completed.unwrap_or(now)),
                response: Some(text),
                updated: now,
                ..before.clone()
            };
            end::ended(&inner, tx, &before, &after, true)?;
            shape::one(tx, &after)
        })
        .await
}
