//! Telling: an event is put into the outbox of every webhook that wants it, in the transaction that makes it happen.

use serde_json::{Value, json};
use sheaf_model::{
    BatchId, Millis, ProjectId, ReviewId, SubmissionId, TaskId, UserId, Verdict, WebhookEvent,
};
use sheaf_store::Tx;

use crate::{Error, Result};

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    BatchLaunched {
        batch: BatchId,
        by: UserId,
    },
    /// Its last task has ended.
    BatchCompleted {
        batch: BatchId,
    },
    /// An answer was handed in.
    TaskSubmitted {
        task: TaskId,
        submission: SubmissionId,
        by: UserId,
    },
    /// A reviewer has judged a task.
    TaskReviewed {
        task: TaskId,
        review: ReviewId,
        by: UserId,
        verdict: Verdict,
    },
    /// Nothing more is to be done on the task.
    TaskDone {
        task: TaskId,
        /// The answer that counts, when it is one.
        submission: Option<SubmissionId>,
    },
}

impl Event {
    fn kind(&self) -> WebhookEvent {
        match self {
            Self::BatchLaunched { .. } => WebhookEvent::BatchLaunched,
            Self::BatchCompleted { .. } => WebhookEvent::BatchCompleted,
            Self::TaskSubmitted { .. } => WebhookEvent::TaskSubmitted,
            Self::TaskReviewed { .. } => WebhookEvent::TaskReviewed,
            Self::TaskDone { .. } => WebhookEvent::TaskDone,
        }
    }
}

/// Whether any webhook of the project wants to be told of such an event.
pub(crate) fn listens(tx: &Tx<'_>, project: ProjectId, event: &Event) -> Result<bool> {
    Ok(!tx.listening_webhooks(project, event.kind())?.is_empty())
}

/// Tells the project's webhooks of an event, if this transaction is committed. One look-up by key when there is none.
pub fn put(tx: &Tx<'_>, project: ProjectId, event: &Event, now: Millis) -> Result<()> {
    let listening = tx.listening_webhooks(project, event.kind())?;
    if listening.is_empty() {
        return Ok(());
    }
    let kind = event.kind().as_str();
    let body = body(kind, now, &data(tx, project, event)?)?;
    for webhook in listening {
        tx.put_delivery(project, webhook, kind, &body, now)?;
    }
    Ok(())
}

/// The body of a message.
pub(super) fn body(kind: &str, now: Millis, data: &Value) -> Result<String> {
    let time = jiff::Timestamp::from_millisecond(now).map_err(|error| Error::internal(error.to_string()))?;
    Ok(json!({ "type": kind, "timestamp": format!("{time:.3}"), "data": data }).to_string())
}

fn data(tx: &Tx<'_>, project: ProjectId, event: &Event) -> Result<Value> {
    let mut data = json!({ "project": named(project, tx.project(project)?.map(|row| row.name)) });
    match event {
        Event::BatchLaunched { batch, by } => {
            let row = tx.batch(project, *batch)?;
            data["batch"] = named(batch, row.as_ref().map(|row| row.name.clone()));
            data["tasks"] = json!(row.map(|row| row.n_members));
            data["by"] = person(tx, *by)?;
        }
        Event::BatchCompleted { batch } => {
            let row = tx.batch(project, *batch)?;
            data["batch"] = named(batch, row.as_ref().map(|row| row.name.clone()));
            data["tasks"] = json!(row.map(|row| row.n_members));
        }
        Event::TaskSubmitted { task: id, submission, by } => {
            task(tx, *id, &mut data)?;
            data["submission"] = json!(submission);
            data["by"] = person(tx, *by)?;
        }
        Event::TaskReviewed { task: id, review, by, verdict } => {
            task(tx, *id, &mut data)?;
            data["review"] = json!(review);
            data["by"] = person(tx, *by)?;
            data["verdict"] = json!(verdict);
        }
        Event::TaskDone { task: id, submission } => {
            task(tx, *id, &mut data)?;
            data["submission"] = json!(submission);
        }
    }
    Ok(data)
}

fn task(tx: &Tx<'_>, id: TaskId, data: &mut Value) -> Result<()> {
    let asset = tx.asset(id.project, id.ordinal)?;
    data["batch"] = named(id.batch, tx.batch(id.project, id.batch)?.map(|row| row.name));
    data["task"] = json!(id);
    data["asset"] = named(id.asset(), asset.as_ref().map(|asset| asset.name.clone()));
    data["reference_id"] = json!(asset.and_then(|asset| asset.reference));
    Ok(())
}

fn person(tx: &Tx<'_>, id: UserId) -> Result<Value> {
    Ok(named(id, tx.person_name(id)?.map(|person| person.name)))
}

fn named(id: impl ToString, name: Option<String>) -> Value {
    json!({ "id": id.to_string(), "name": name })
}
