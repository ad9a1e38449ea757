//! What is done to a task that is there: cancelled, tagged, audited, given metadata or a unique id.

use serde_json::{Value, json};
use sheaf_model::BatchState;
use sheaf_store::Tx;
use sheaf_store::scale::{Stage, Status, TaskRow};

use super::create::taken;
use super::shape;
use crate::batches::client::remove;
use crate::scale::find::{self, To};
use crate::scale::params::{self, Params, bad, checked_tags, checked_unique_id, missing};
use crate::scale::{Client, callbacks, end, time};
use crate::{App, Result};

/// How tags are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    Set,
    Add,
    Delete,
}

/// Changes a task in one transaction, and shows it.
async fn changed(
    app: &App,
    client: &Client,
    task: String,
    change: impl Fn(&Tx<'_>, &mut TaskRow) -> Result<()> + Send + 'static,
) -> Result<Value> {
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write_in(find::turn_of_task(&task), move |tx| {
            let (_, before) = find::task(tx, &actor, &task, To::Change)?;
            let mut after = TaskRow { updated: now, ..before.clone() };
            change(tx, &mut after)?;
            tx.update_client_task(&before, &after)?;
            shape::one(tx, &after)
        })
        .await
}

/// `POST task/{id}/setMetadata`: instead of what it has.
pub async fn set_metadata(app: &App, client: &Client, task: String, body: Value) -> Result<Value> {
    let metadata = params::metadata(Some(body))?;
    changed(app, client, task, move |_, task| {
        task.metadata.clone_from(&metadata);
        Ok(())
    })
    .await
}

/// `POST`, `PUT` and `DELETE task/{id}/tags`.
pub async fn set_tags(app: &App, client: &Client, task: String, how: Tags, body: Value) -> Result<Value> {
    let given = params::tags(Some(body))?;
    changed(app, client, task, move |_, task| {
        match how {
            Tags::Set => task.tags.clone_from(&given),
            Tags::Add => {
                let new: Vec<String> = given.iter().filter(|tag| !task.tags.contains(tag)).cloned().collect();
                task.tags.extend(new);
            }
            Tags::Delete => task.tags.retain(|tag| !given.contains(tag)),
        }
        task.tags = checked_tags(std::mem::take(&mut task.tags))?;
        Ok(())
    })
    .await
}

/// `POST` (a new one) and `DELETE` (`None`) `task/{id}/unique_id`.
pub async fn set_unique_id(app: &App, client: &Client, task: String, body: Option<Value>) -> Result<Value> {
    let wanted = match body {
        Some(body) => {
            let id = checked_unique_id(Params::of(body)?.take_text("unique_id")?)?;
            Some(id.ok_or_else(|| missing("unique_id"))?)
        }
        None => None,
    };
    let actor = client.actor.clone();
    changed(app, client, task, move |tx, task| {
        if let Some(id) = &wanted {
            taken(tx, &actor, id, Some((task.project, task.number)))?;
        }
        task.unique_id.clone_from(&wanted);
        Ok(())
    })
    .await
}

/// `POST task/{id}/cancel`: while nobody has begun with it. Again is no error.
pub async fn cancel(app: &App, client: &Client, task: String, clear_unique_id: bool) -> Result<Value> {
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write_in(find::turn_of_task(&task), move |tx| {
            let (_, before) = find::task(tx, &actor, &task, To::Change)?;
            match before.status {
                Status::Canceled => {}
                Status::Pending => {}
                Status::Completed => return Err(bad("the task is completed, and cannot be canceled")),
                Status::Error => return Err(bad("the task is in error, and cannot be canceled")),
            }
            let mut after = end::canceled(&before, inner.now());
            if clear_unique_id {
                after.unique_id = None;
            }
            if let Some(ordinal) = before.ordinal.filter(|_| before.status == Status::Pending) {
                if end::touched(tx, &before, ordinal)? {
                    return Err(bad("somebody has begun with the task, and it cannot be canceled"));
                }
                if let Some(batch) = tx.batch(before.project, before.batch)?
                    && batch.state != BatchState::Cancelled
                {
                    remove(&inner, tx, &actor, &batch, ordinal)?;
                }
                after.stage = Stage::Apart;
                after.ordinal = None;
            }
            end::ended(&inner, tx, &before, &after, false)?;
            shape::one(tx, &after)
        })
        .await
}

/// `POST task/{id}/audit`: a verdict on a response, kept with the task and told to its callback. What was rejected is to be done
/// once more.
pub async fn audit(app: &App, client: &Client, task: String, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    if body.get("accepted").is_none() {
        return Err(missing("accepted"));
    }
    let accepted = body.take_bool("accepted")?;
    let comments = body.take_text("comments")?;
    let (inner, actor, now) = (app.clone(), client.actor.clone(), app.now());
    app.store()
        .write_in(find::turn_of_task(&task), move |tx| {
            let (_, before) = find::task(tx, &actor, &task, To::Change)?;
            if before.status != Status::Completed {
                return Err(bad("only a completed task is audited"));
            }
            let stored =
                before.audits.as_deref().map(sheaf_store::sql::from_json::<Vec<Value>>).transpose()?;
            let mut audits = stored.unwrap_or_default();
            let result = if accepted { "accepted" } else { "rejected" };
            audits.push(json!({
                "audited_by": tx.user(actor.user)?.map(|user| user.email),
                "audited_at": time::iso(now),
                "audit_time_secs": null,
                "audit_result": result,
                "audit_source": "customer",
                "comments": comments,
            }));
            let audits = Some(Value::from(audits).to_string());
            let after = TaskRow { review: result.to_owned(), audits, updated: now, ..before.clone() };
            tx.update_client_task(&before, &after)?;
            let batch = tx.batch(after.project, after.batch)?;
            let again = batch.filter(|batch| !accepted && end::may_be_done_again(batch, &after));
            match again {
                // What happens to the task is told with the audit.
                Some(batch) => end::once_more(&inner, tx, &actor, &batch, &after, comments.as_deref())?,
                None => callbacks::put_task(tx, &after, now)?,
            }
            shape::one(tx, &find::task(tx, &actor, &task, To::Change)?.1)
        })
        .await
}

/// `POST task/{id}/send_callback`: tells the callback once more where the task stands.
pub async fn send_callback(app: &App, client: &Client, task: String) -> Result<Value> {
    let now = app.now();
    changed(app, client, task, move |tx, task| {
        if task.callback.is_none() {
            return Err(bad("the task has no callback"));
        }
        callbacks::put_task(tx, task, now)
    })
    .await?;
    Ok(json!({ "success": true }))
}
