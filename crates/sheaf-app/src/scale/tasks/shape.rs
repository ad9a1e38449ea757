//! A task as clients see it: what it was made with, where it stands, and its response.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sheaf_model::agreement::MergeRule;
use sheaf_model::{BatchId, ProjectId, TaskId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::scale::{Stage, Status, TaskRow};

use super::threads::threads;
use crate::agreement::merged::merged;
use crate::queue::answers::Answers;
use crate::scale::batch_view::Seen;
use crate::scale::kind::TaskKind;
use crate::scale::params::Params;
use crate::scale::{id, projects, response, time};
use crate::{Error, Result};

/// What the tasks of a page have in common, read once.
#[derive(Default)]
pub(in crate::scale) struct Common {
    projects: HashMap<ProjectId, String>,
    batches: HashMap<(ProjectId, BatchId), (Option<BatchRow>, bool)>,
    params: HashMap<(ProjectId, Option<i64>), Params>,
}

impl Common {
    fn project(&mut self, tx: &Tx<'_>, id: ProjectId) -> Result<String> {
        if let Some(known) = self.projects.get(&id) {
            return Ok(known.clone());
        }
        let name = tx.project(id)?.map_or_else(String::new, |row| row.name);
        self.projects.insert(id, name.clone());
        Ok(name)
    }

    /// The batch, and whether tasks name it.
    fn batch(&mut self, tx: &Tx<'_>, project: ProjectId, id: BatchId) -> Result<(Option<BatchRow>, bool)> {
        if let Some(known) = self.batches.get(&(project, id)) {
            return Ok(known.clone());
        }
        let named = tx.client_batch(project, id)?.is_none_or(|it| it.named);
        let found = (tx.batch(project, id)?, named);
        self.batches.insert((project, id), found.clone());
        Ok(found)
    }

    fn inherited(&mut self, tx: &Tx<'_>, task: &TaskRow) -> Result<Params> {
        let Some(version) = task.params_version else { return Ok(Params::default()) };
        let key = (task.project, Some(version));
        if let Some(known) = self.params.get(&key) {
            return Ok(known.clone());
        }
        let row = tx.client_params_at(task.project, Some(version))?;
        let params = row.map_or_else(|| Ok(Params::default()), |row| Params::stored(&row.params))?;
        self.params.insert(key, params.clone());
        Ok(params)
    }
}

/// The parameters of a task, with those of its project below them.
pub(in crate::scale) fn effective(tx: &Tx<'_>, task: &TaskRow) -> Result<Params> {
    Ok(Params::stored(&task.params)?.over(&Common::default().inherited(tx, task)?))
}

pub(in crate::scale) fn one(tx: &Tx<'_>, task: &TaskRow) -> Result<Value> {
    whole(tx, &mut Common::default(), task)
}

/// The answer of a task at Sheaf's desk, when it has one.
fn answer(tx: &Tx<'_>, batch: &BatchRow, task: &TaskRow) -> Result<Option<sheaf_model::Response>> {
    let Some(ordinal) = task.ordinal else { return Ok(None) };
    let id = TaskId { project: task.project, batch: task.batch, ordinal };
    let state = tx.task_rows(id)?.task(batch.rules);
    let answers = Answers::at(tx, id, &state)?;
    Ok(merged(&answers, batch.rules.overlap, MergeRule::Majority)?.map(|(response, _)| response))
}

pub(in crate::scale) fn whole(tx: &Tx<'_>, common: &mut Common, task: &TaskRow) -> Result<Value> {
    let own = Params::stored(&task.params)?;
    let params = own.over(&common.inherited(tx, task)?);
    let (batch, named) = common.batch(tx, task.project, task.batch)?;
    let kind = TaskKind::parse(&task.kind);
    let given = match (&task.response, &batch, kind) {
        (Some(stored), _, _) if task.status == Status::Completed => {
            Some(sheaf_store::sql::from_json(stored)?)
        }
        (None, Some(batch), Some(kind)) if task.status == Status::Completed => {
            answer(tx, batch, task)?.map(|answer| response::shaped(kind, &params, &answer))
        }
        _ => None,
    };
    let begun = match task.ordinal {
        Some(ordinal) if task.status == Status::Pending => crate::scale::end::touched(tx, task, ordinal)?,
        _ => task.status == Status::Completed,
    };
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("task_id", id::task(task.project, task.number).into());
    put("type", task.kind.clone().into());
    put("status", task.status.as_str().into());
    put("project", common.project(tx, task.project)?.into());
    if let Some(batch) = batch.filter(|_| named) {
        put("batch", batch.name.into());
    }
    put("instruction", params.get("instruction").cloned().unwrap_or_default());
    put("is_test", task.is_test.into());
    put("urgency", "standard".into());
    put("metadata", sheaf_store::sql::from_json(&task.metadata)?);
    put("created_at", time::iso(task.created).into());
    put("updated_at", time::iso(task.updated).into());
    put("work_started", begun.into());
    put("processed_attachments", (task.stage != Stage::Fetch && task.status != Status::Error).into());
    put("project_param_version", task.params_version.unwrap_or(-1).into());
    put("customer_review_status", task.review.clone().into());
    put(
        "audits",
        task.audits.as_deref().map(sheaf_store::sql::from_json).transpose()?.unwrap_or_else(|| json!([])),
    );
    if let Some(at) = task.completed {
        put("completed_at", time::iso(at).into());
    }
    if let Some(id) = &task.unique_id {
        put("unique_id", id.clone().into());
    }
    if !task.tags.is_empty() {
        put("tags", json!(task.tags));
    }
    if let Some(priority) = task.priority {
        put("priority", priority.into());
    }
    if let Some(callback) = &task.callback {
        put("callback_url", callback.clone().into());
        put("callback_succeeded", task.callback_ok.unwrap_or(false).into());
    }
    if let Some(error) = &task.error {
        put("error", sheaf_store::sql::from_json(error)?);
    }
    if let Some(given) = given {
        put("response", given);
    }
    put("params", Value::Object(params.0));
    Ok(Value::Object(out))
}

/// What version 2 of the API shows whole instead of by its id.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expand {
    pub project: bool,
    pub batch: bool,
}

/// The same task as version 2 of the API shows it: project and batch by their ids, the answer as a thread.
pub(in crate::scale) fn v2(tx: &Tx<'_>, task: &TaskRow, mut whole: Value, expand: Expand) -> Result<Value> {
    whole["threads"] = threads(tx, task, &whole)?;
    let project = tx.project(task.project)?.ok_or(Error::not_found("project"))?;
    whole["batch"] = match tx.batch(task.project, task.batch)?.filter(|_| expand.batch) {
        Some(row) => Seen::of(tx, row)?.v2(project.id.to_string().into()),
        None => id::batch(task.project, task.batch).into(),
    };
    let shown = expand.project.then(|| projects::view(tx, &project)).transpose()?;
    whole["project"] = shown.unwrap_or_else(|| project.id.to_string().into());
    Ok(whole)
}

/// What a limited answer has of a task.
pub(in crate::scale) fn limited(whole: &Value) -> Value {
    let mut out = Map::new();
    for name in ["task_id", "status", "metadata", "project"] {
        if let Some(value) = whole.get(name) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(out)
}
