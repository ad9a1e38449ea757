//! `POST task/{type}`: a task with its number, which waits to become a member of its batch.

use serde_json::Value;
use sheaf_model::{BatchAction, BatchState, Millis, ProjectId};
use sheaf_store::batches::BatchRow;
use sheaf_store::scale::{ClientBatch, NewTask, Stage, Status, TaskRow};
use sheaf_store::{Turn, Tx};

use super::shape;
use crate::batches::NewBatch;
use crate::batches::act::step;
use crate::batches::client::create_empty;
use crate::scale::find::{self, To};
use crate::scale::params::{self, Params, bad, checked_callback, checked_tags, checked_unique_id};
use crate::scale::plan::{About, Plan, plan};
use crate::scale::{Client, TaskKind, batches, callbacks, end, hypothesis, id, projects};
use crate::{Access, Actor, App, Error, Result};

/// Where tasks go that name no batch.
const UNNAMED: &str = "Tasks without a batch";

/// What a request says of a task.
#[derive(Debug, Clone)]
pub(super) struct New {
    kind: TaskKind,
    project: Option<String>,
    batch: Option<String>,
    callback: Option<String>,
    metadata: String,
    tags: Vec<String>,
    pub(super) unique_id: Option<String>,
    priority: Option<i64>,
    version: Option<i64>,
    pub(super) params: Params,
    test: bool,
    /// It comes from elsewhere, with what became of it there.
    pub(super) past: Option<Past>,
}

/// What became of a task before it came here.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub(super) status: Status,
    pub(super) response: Option<String>,
    pub(super) error: Option<String>,
    pub(super) review: String,
    pub(super) audits: Option<String>,
    pub(super) completed: Option<Millis>,
}

impl New {
    pub(super) fn read(kind: &str, body: Value, test: bool) -> Result<Self> {
        let kind = projects::known(kind)?;
        let mut body = Params::of(body)?;
        let priority = body.take_int("priority")?;
        if priority.is_some_and(|priority| !(0..=100).contains(&priority)) {
            return Err(bad("`priority` is 10, 20 or 30; a higher one is served first"));
        }
        Ok(Self {
            kind,
            project: body.take_text("project")?,
            batch: body.take_text("batch")?,
            callback: checked_callback(body.take_text("callback_url")?)?,
            metadata: params::metadata(body.take("metadata"))?,
            tags: checked_tags(params::tags(body.take("tags"))?)?,
            unique_id: checked_unique_id(body.take_text("unique_id")?)?,
            priority,
            version: body.take_int("project_version")?,
            params: body,
            test,
            past: None,
        })
    }
}

impl New {
    /// The same in this batch.
    pub(super) fn within(&self, project: &str, batch: &str) -> Self {
        Self { project: Some(project.to_owned()), batch: Some(batch.to_owned()), ..self.clone() }
    }
}

/// Makes a task. `key`: what the sender calls this request, so that it is not carried out twice; it counts as a unique id when
/// the body has none.
pub async fn create(
    app: &App,
    client: &Client,
    kind: &str,
    body: Value,
    key: Option<String>,
) -> Result<Value> {
    let mut new = New::read(kind, body, client.test)?;
    if new.unique_id.is_none() {
        new.unique_id = checked_unique_id(key)?;
    }
    let (actor, asked) = (client.actor.clone(), new.clone());
    let project = app.store().read(move |tx| project_of(tx, &actor, &asked)).await?;
    // That nobody else gives out a unique id meanwhile, in another project either, the instance's turn is for.
    let turn = Turn::from(project);
    let turn = if new.unique_id.is_some() { turn.with_instance() } else { turn };
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write_repeatable(turn, Vec::new(), move |tx| {
            if project_of(tx, &actor, &new)? != project {
                return Err(bad("the batch was made anew in another project meanwhile; try again"));
            }
            let (_, task) = insert(&inner, tx, &actor, &new)?;
            shape::one(tx, &task)
        })
        .await
}

/// The project that a new task is for.
fn project_of(tx: &Tx<'_>, actor: &Actor, new: &New) -> Result<ProjectId> {
    match (&new.project, &new.batch) {
        (Some(project), _) => Ok(find::project(tx, actor, project, To::Change)?.project.id),
        (None, Some(name)) => Ok(find::named_batch(tx, actor, name)?.ok_or_else(|| no_batch(name))?.project),
        (None, None) => Err(bad("the parameter `project` is required, or `batch`, which implies it")),
    }
}

fn no_batch(name: &str) -> Error {
    bad(format!("there is no batch named `{name}`"))
}

/// The place of a new task: its project and its batch.
fn place(app: &App, tx: &Tx<'_>, actor: &Actor, new: &New) -> Result<(Access, BatchRow)> {
    let project = project_of(tx, actor, new)?;
    let access = find::access(tx, actor, project, To::Change)?;
    let batch = match &new.batch {
        Some(name) => tx.batch_by_name(project, name)?.ok_or_else(|| no_batch(name))?,
        None => unnamed(app, tx, actor, &access, new.kind)?,
    };
    Ok((access, batch))
}

/// The batch of the tasks that name none; it is launched as soon as it is there.
fn unnamed(app: &App, tx: &Tx<'_>, actor: &Actor, access: &Access, kind: TaskKind) -> Result<BatchRow> {
    let project = access.project.id;
    projects::used(tx, access, Some(kind), app.now())?;
    if let Some(known) = tx.unnamed_client_batch(project)? {
        return tx.batch(project, known.id)?.ok_or(Error::not_found("batch"));
    }
    let mut new = NewBatch { name: UNNAMED.to_owned(), ..NewBatch::default() };
    let mut n = 2;
    while tx.batch_by_name(project, &new.name)?.is_some() {
        new.name = format!("{UNNAMED} ({n})");
        n += 1;
    }
    let row = create_empty(app, tx, actor, access, &new)?.row;
    tx.insert_client_batch(&ClientBatch { named: false, ..batches::blank(&row) })?;
    batches::again(tx, &row)
}

pub(super) fn insert(app: &App, tx: &Tx<'_>, actor: &Actor, new: &New) -> Result<(Access, TaskRow)> {
    let now = app.now();
    let (mut access, batch) = place(app, tx, actor, new)?;
    let used = projects::used(tx, &access, Some(new.kind), now)?;
    if used.kind != new.kind.as_str() {
        let what = format!("the project `{}` is for tasks of the type `{}`", access.project.name, used.kind);
        return Err(bad(format!("{what}, not `{}`", new.kind.as_str())));
    }
    let client = batches::used(tx, &batch)?;
    takes_tasks(&batch, used.staged && client.named && new.past.is_none())?;
    if end::has_picked(&batch, Some(&client)) {
        let what = format!("the batch `{}` has members that were picked in Sheaf", batch.name);
        return Err(bad(format!("{what}, and takes no tasks; make another batch for them")));
    }
    unused(tx, actor, new)?;
    let (inherited, version) = inherited(tx, &access, new)?;
    let params = new.params.over(&inherited);
    let pending = new.past.as_ref().is_none_or(|past| past.status == Status::Pending);
    let plan = match plan(new.kind, access.project.media, &params) {
        // What is over needs nothing to be shown.
        Err(Error::Invalid { .. }) if !pending => Plan::apart(),
        plan => plan?,
    };
    if pending && plan.about != About::Apart {
        hypothesis::check(new.kind, &params)?;
    }
    if let About::File(file) = &plan.about
        && (file.project != access.project.id || tx.asset(file.project, file.ordinal)?.is_none())
    {
        return Err(bad("the attachment is no file of this project; upload it with `project_name`"));
    }
    let stage = match plan.about {
        _ if new.test || new.past.as_ref().is_some_and(Past::is_over) => Stage::Apart,
        About::Text(_) | About::File(_) => Stage::Ready,
        About::Url(_) => Stage::Fetch,
        About::Apart => Stage::Apart,
    };
    if stage != Stage::Apart {
        projects::asked(tx, &mut access.project, plan.taxonomy, actor.user, now)?;
    }
    let row = NewTask {
        project: access.project.id,
        batch: batch.id,
        kind: new.kind.as_str().to_owned(),
        stage,
        unique_id: new.unique_id.clone(),
        params: new.params.to_text(),
        metadata: new.metadata.clone(),
        tags: new.tags.clone(),
        callback: new.callback.clone(),
        priority: new.priority,
        is_test: new.test,
        params_version: version,
        response: new.test.then(|| "{}".to_owned()),
        now,
    };
    let number = tx.insert_client_task(&row)?;
    let is_to_be_done = pending && !new.test;
    // What is over as it comes ends nothing.
    if client.told && (is_to_be_done || stage != Stage::Apart) {
        end::opened(tx, batch.project, batch.id)?;
    }
    if is_to_be_done && batch.state == BatchState::Completed {
        step(app, tx, actor, batch.project, batch.id, BatchAction::Reopen)?;
    }
    // Tasks that name no batch are served as soon as there is one.
    if !client.named && batch.state == BatchState::Staging {
        batches::launch(app, tx, actor, &batches::again(tx, &batch)?)?;
    }
    let mut task = as_made(&row, number, now);
    if let Some(past) = new.past.clone() {
        let after = past.of(&task, now);
        tx.update_client_task(&task, &after)?;
        task = after;
    }
    if new.test {
        callbacks::put_task(tx, &task, now)?;
    }
    Ok((access, task))
}

impl Past {
    /// Cancelled, or in error.
    fn is_over(&self) -> bool {
        matches!(self.status, Status::Canceled | Status::Error)
    }

    fn of(self, made: &TaskRow, now: Millis) -> TaskRow {
        let completed = (self.status == Status::Completed).then_some(self.completed.unwrap_or(now));
        let Self { status, response, error, review, audits, .. } = self;
        TaskRow { status, response, error, review, audits, completed, ..made.clone() }
    }
}

fn takes_tasks(batch: &BatchRow, waits: bool) -> Result<()> {
    let name = &batch.name;
    if batch.brought_in {
        return Err(bad(format!("the batch `{name}` has answers that were brought in, and takes no tasks")));
    }
    match batch.state {
        BatchState::Cancelled => Err(bad(format!("the batch `{name}` was cancelled"))),
        BatchState::Staging => Ok(()),
        _ if waits => Err(bad(format!("the batch `{name}` was finalized, and takes no more tasks"))),
        _ => Ok(()),
    }
}

/// The unique id is of no other task that the caller sees.
fn unused(tx: &Tx<'_>, actor: &Actor, new: &New) -> Result<()> {
    let Some(unique_id) = &new.unique_id else { return Ok(()) };
    taken(tx, actor, unique_id, None)
}

/// An error when the unique id is of another task.
pub(super) fn taken(
    tx: &Tx<'_>,
    actor: &Actor,
    unique_id: &str,
    own: Option<(ProjectId, u32)>,
) -> Result<()> {
    for (project, number) in tx.client_tasks_by_unique_id(unique_id)? {
        if own == Some((project, number)) || Access::viewer(tx, actor, project).is_err() {
            continue;
        }
        let other = id::task(project, number);
        let what = format!("The unique_id (\"{unique_id}\") is already used for a different task ({other}).");
        return Err(Error::conflict("unique_id_taken", what));
    }
    Ok(())
}

/// The project's parameters of the version that the task wants, and which that is.
pub(super) fn inherited(tx: &Tx<'_>, access: &Access, new: &New) -> Result<(Params, Option<i64>)> {
    if new.version.is_some_and(|version| version < 0) {
        return Ok((Params::default(), None));
    }
    let Some(row) = tx.client_params_at(access.project.id, new.version)? else {
        return Ok((Params::default(), None));
    };
    if new.version.is_some_and(|version| version != row.version) {
        return Err(bad(format!("the project has no version {}", new.version.unwrap_or_default())));
    }
    Ok((Params::stored(&row.params)?, Some(row.version)))
}

fn as_made(new: &NewTask, number: u32, now: Millis) -> TaskRow {
    let done = new.response.is_some();
    TaskRow {
        project: new.project,
        number,
        batch: new.batch,
        kind: new.kind.clone(),
        stage: new.stage,
        status: if done { Status::Completed } else { Status::Pending },
        ordinal: None,
        unique_id: new.unique_id.clone(),
        params: new.params.clone(),
        metadata: new.metadata.clone(),
        tags: new.tags.clone(),
        callback: new.callback.clone(),
        callback_ok: None,
        priority: new.priority,
        is_test: new.is_test,
        params_version: new.params_version,
        response: new.response.clone(),
        error: None,
        review: "pending".to_owned(),
        audits: None,
        created: now,
        updated: now,
        completed: done.then_some(now),
        fetch_due: (new.stage == Stage::Fetch).then_some(now),
        fetch_attempts: 0,
    }
}

/// Whether the unique id of a task is free again when the task is in error.
pub(in crate::scale) fn frees_unique_id(task: &TaskRow) -> Result<bool> {
    let params = Params::stored(&task.params)?;
    Ok(params.get("clear_unique_id_on_error") == Some(&Value::Bool(true)))
}
