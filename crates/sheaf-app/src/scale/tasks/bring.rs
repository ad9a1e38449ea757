//! Tasks that were made elsewhere, as the API of the server that they come from shows them: brought in once each, with what became
//! of them there. Not of Scale.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sheaf_model::ProjectId;
use sheaf_store::scale::Status;
use sheaf_store::{Turn, Tx};

use super::create::{New, Past, inherited, insert};
use crate::scale::find;
use crate::scale::params::{Params, bad};
use crate::scale::{Client, end, parse_time};
use crate::{Access, Actor, App, Error, Result};

/// Tasks of one request.
const AT_ONCE_MAX: usize = 100;
/// Where a task's id is kept that it had where it comes from.
const FROM: &str = "migrated_from";
/// What the request takes from the task that is shown; the rest of what is shown is made anew.
const KEPT: [&str; 7] =
    ["batch", "metadata", "tags", "priority", "callback_url", "unique_id", "clear_unique_id_on_error"];

/// What became of one task of the request.
enum Brought {
    Made,
    There,
}

/// `POST projects/{name}/bringTasks`: `{"tasks": [...]}`, at most 100, each as `GET task/{id}` shows it. `waiting` says whether some
/// of the project's tasks wait for their attachment.
pub async fn bring(app: &App, client: &Client, project: String, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let Some(Value::Array(tasks)) = body.take("tasks") else {
        return Err(bad("`tasks` must be a list of tasks"));
    };
    if tasks.len() > AT_ONCE_MAX {
        return Err(bad(format!("at most {AT_ONCE_MAX} tasks are brought at once, not {}", tasks.len())));
    }
    let id = find::project_ahead(app, &client.actor, &project).await?;
    let (inner, actor) = (app.clone(), client.actor.clone());
    // Each has a unique id: that nobody else gives it out meanwhile, in another project either, the instance's turn is for.
    app.store()
        .write_in(Turn::audited(id), move |tx| {
            let access = find::project_again(tx, &actor, &project, id)?;
            let (mut made, mut there, mut refused) = (0, 0, Vec::new());
            let mut batches = BTreeSet::new();
            for shown in tasks {
                let id = shown.get("task_id").cloned().unwrap_or_default();
                match one(&inner, tx, &actor, &access, shown, &mut batches) {
                    Ok(Brought::Made) => made += 1,
                    Ok(Brought::There) => there += 1,
                    Err(
                        error @ (Error::Invalid { .. } | Error::NotFound { .. } | Error::Conflict { .. }),
                    ) => {
                        refused.push(json!({ "task_id": id, "error": error.to_string() }));
                    }
                    Err(error) => return Err(error),
                }
            }
            for batch in batches {
                end::batch_may_end(&inner, tx, access.project.id, batch)?;
            }
            let waiting = tx.next_client_fetch(access.project.id)?.is_some()
                || !tx.waiting_client_batches(access.project.id)?.is_empty();
            Ok(json!({ "made": made, "there": there, "refused": refused, "waiting": waiting }))
        })
        .await
}

fn one(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    access: &Access,
    shown: Value,
    batches: &mut BTreeSet<sheaf_model::BatchId>,
) -> Result<Brought> {
    let mut shown = Params::of(shown)?;
    let id = shown.take_text("task_id")?.ok_or_else(|| bad("a task has no `task_id`"))?;
    let kind = shown.take_text("type")?.ok_or_else(|| bad("a task has no `type`"))?;
    let past = past(&mut shown)?;
    let mut params = Params::of(shown.take("params").unwrap_or_default())?;
    let version = shown.take_int("project_param_version")?.filter(|version| *version >= 0);
    let mut new = Map::new();
    for name in KEPT {
        if let Some(value) = shown.take(name) {
            new.insert(name.to_owned(), value);
        }
    }
    // What is over is told to nobody again.
    if past.status != Status::Pending {
        new.remove("callback_url");
    }
    new.entry("unique_id").or_insert_with(|| format!("migrated:{id}").into());
    new.insert("project".into(), access.project.name.clone().into());
    let known = tx.client_params_at(access.project.id, version)?.map(|row| row.version);
    let version = known.filter(|known| Some(*known) == version).unwrap_or(-1);
    new.insert("project_version".into(), version.into());
    let mut new = New::read(&kind, Value::Object(new), false)?;
    new.past = Some(past);
    if let Some(unique_id) = &new.unique_id
        && is_there(tx, access.project.id, unique_id, &id)?
    {
        return Ok(Brought::There);
    }
    own(&mut params, &inherited(tx, access, &new)?.0);
    let from = json!({ "task_id": id, "created_at": shown.take("created_at"), "completed_at": shown.take("completed_at") });
    params.0.insert(FROM.into(), from);
    new.params = params;
    let (_, task) = insert(app, tx, actor, &new)?;
    batches.insert(task.batch);
    Ok(Brought::Made)
}

fn past(shown: &mut Params) -> Result<Past> {
    let status = shown.take_text("status")?.ok_or_else(|| bad("a task has no `status`"))?;
    let status =
        Status::parse(&status).ok_or_else(|| bad(format!("a task's `status` is none: `{status}`")))?;
    let text = |value: Option<Value>| value.map(|value| value.to_string());
    let response = shown.take("response").filter(|_| status == Status::Completed);
    if response.as_ref().is_some_and(|response| !response.is_object()) {
        return Err(bad("a task's `response` must be a JSON object"));
    }
    Ok(Past {
        status,
        response: text(response).or((status == Status::Completed).then(|| "{}".to_owned())),
        error: text(shown.take("error")).filter(|_| status == Status::Error),
        review: shown.take_text("customer_review_status")?.unwrap_or_else(|| "pending".to_owned()),
        audits: text(
            shown.take("audits").filter(|audits| audits.as_array().is_some_and(|it| !it.is_empty())),
        ),
        completed: shown.text("completed_at").and_then(parse_time),
    })
}

/// Whether this very task was brought before.
fn is_there(tx: &Tx<'_>, project: ProjectId, unique_id: &str, id: &str) -> Result<bool> {
    for (of, number) in tx.client_tasks_by_unique_id(unique_id)? {
        let Some(task) = tx.client_task(of, number)?.filter(|_| of == project) else { continue };
        let params = Params::stored(&task.params)?;
        if params.get(FROM).and_then(|from| from.get("task_id")).is_some_and(|from| from == id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Leaves out of a task's parameters, which are shown with the project's below them, what it has from there.
fn own(params: &mut Params, project: &Params) {
    params.0.retain(|name, value| project.get(name) != Some(value));
    if let (Some(both), Some(below)) = (params.text("instruction"), project.text("instruction"))
        && let Some(own) = both.strip_suffix(&format!("\n\n{below}"))
    {
        let own = own.to_owned();
        params.0.insert("instruction".into(), own.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_task_has_from_its_project_is_left_out() {
        let project = Params::of(json!({ "instruction": "Box all.", "fields": [1], "odd": 1 })).unwrap();
        for own_params in
            [json!({}), json!({ "instruction": "Only cars." }), json!({ "fields": [2], "attachment": "x" })]
        {
            let own_params = Params::of(own_params).unwrap();
            let mut shown = own_params.over(&project);
            own(&mut shown, &project);
            assert_eq!(shown.0, own_params.0);
        }
    }
}
