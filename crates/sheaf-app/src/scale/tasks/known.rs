//! `POST evaluation_tasks/{type}` and `training_tasks/{type}`: tasks whose answer is known, in a gold or a training batch of
//! the project, which a manager launches.

use serde_json::Value;
use sheaf_model::response::Canvas;
use sheaf_model::{BatchKind, BatchState};
use sheaf_store::batches::BatchRow;
use sheaf_store::{Turn, Tx};

use super::create::{New, insert};
use super::shape;
use crate::batches::NewBatch;
use crate::batches::client::create_empty;
use crate::scale::find;
use crate::scale::hypothesis::{self, INITIAL};
use crate::scale::params::{Params, bad, missing};
use crate::scale::{Client, batches, end, projects, response, taxonomy};
use crate::{Access, Actor, App, Error, Result};

/// What a known answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Served among the others, and not told from them.
    Evaluation,
    /// Before a person's first real task.
    Training,
}

impl Quality {
    fn kind(self) -> BatchKind {
        match self {
            Self::Evaluation => BatchKind::Gold,
            Self::Training => BatchKind::Training,
        }
    }
    fn name(self) -> &'static str {
        match self {
            Self::Evaluation => "Evaluation tasks",
            Self::Training => "Training tasks",
        }
    }
}

pub async fn create_known(
    app: &App,
    client: &Client,
    quality: Quality,
    kind: &str,
    body: Value,
) -> Result<Value> {
    if client.test {
        let what = "a task with a known answer measures people, so a test key makes none";
        return Err(bad(format!("{what}; use the key itself")));
    }
    let mut body = Params::of(body)?;
    let expected = body.get("expected_response").cloned().ok_or_else(|| missing("expected_response"))?;
    let initial = body.get(INITIAL).cloned();
    if quality == Quality::Training && initial.is_some() {
        return Err(bad(
            "`initial_response` is for evaluation tasks: in training people are to find the answer",
        ));
    }
    let named = body.take("batch").is_some();
    if named {
        return Err(bad("a task with a known answer names no batch: it is in one of its kind"));
    }
    let project = body.take_text("project")?.ok_or_else(|| missing("project"))?;
    if let Some(initial) = &initial {
        hypothesis::check_one(projects::known(kind)?, INITIAL, initial)?;
    }
    let new = New::read(kind, Value::Object(body.0), false)?;
    let id = find::project_ahead(app, &client.actor, &project).await?;
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write_in(Turn::audited(id), move |tx| {
            let access = find::project_again(tx, &actor, &project, id)?;
            let batch = open_batch(&inner, tx, &actor, &access, quality)?;
            let new = new.within(&access.project.name, &batch.name);
            let (access, task) = insert(&inner, tx, &actor, &new)?;
            if task.stage == sheaf_store::scale::Stage::Apart {
                return Err(bad("Sheaf's desk does not show this task, so nobody can be measured by it"));
            }
            let params = shape::effective(tx, &task)?;
            let kind = projects::known(&task.kind)?;
            let answer = response::read(kind, &params, &expected)?;
            // Where the text or the picture ends is looked at when it is there.
            let mut problems = answer.problems(&taxonomy::wanted(kind, &params), Canvas::Image(None));
            problems.retain(|problem| !problem.message.contains("the asset is not a text"));
            if !problems.is_empty() {
                return Err(Error::problems("invalid_response", problems));
            }
            let mut out = shape::one(tx, &task)?;
            out["id"] = out["task_id"].clone();
            out["expected_response"] = expected;
            out[INITIAL] = initial.unwrap_or_default();
            drop(access);
            Ok(out)
        })
        .await
}

/// The batch of this kind that is not launched yet; a new one when there is none.
fn open_batch(app: &App, tx: &Tx<'_>, actor: &Actor, access: &Access, quality: Quality) -> Result<BatchRow> {
    let project = access.project.id;
    let (mut n, mut name) = (1, quality.name().to_owned());
    while let Some(known) = tx.batch_by_name(project, &name)? {
        let is_open = known.state == BatchState::Staging && known.kind == quality.kind();
        if is_open && !end::has_picked(&known, tx.client_batch(project, known.id)?.as_ref()) {
            return Ok(known);
        }
        n += 1;
        name = format!("{} {n}", quality.name());
    }
    let new = NewBatch { name, kind: quality.kind(), ..NewBatch::default() };
    let row = create_empty(app, tx, actor, access, &new)?.row;
    projects::used(tx, access, None, app.now())?;
    tx.insert_client_batch(&batches::blank(&row))?;
    batches::again(tx, &row)
}
