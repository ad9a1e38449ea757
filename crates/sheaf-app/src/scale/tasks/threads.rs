//! Answers as version 2 of Scale's API has them: annotations of a thread, each with an id of its own.

use serde_json::{Value, json};
use sheaf_model::Response;
use sheaf_model::taxonomy::{AnswerKind, Question};
use sheaf_store::Tx;
use sheaf_store::scale::{Status, TaskRow};

use super::list::shown;
use crate::scale::kind::{Desk, TaskKind};
use crate::scale::params::Params;
use crate::scale::{Client, response, taxonomy};
use crate::{App, Error, Result};

/// The threads of a task: one with an annotation for each question that was answered, and one for all spans of a text. Shapes
/// have no form there; they are in the response.
pub(super) fn threads(tx: &Tx<'_>, task: &TaskRow, whole: &Value) -> Result<Value> {
    let annotations = annotations(tx, task, whole)?;
    if annotations.is_empty() {
        return Ok(json!([]));
    }
    Ok(json!([{ "id": whole["task_id"], "turns": [], "annotations": annotations }]))
}

fn annotations(tx: &Tx<'_>, task: &TaskRow, whole: &Value) -> Result<Vec<Value>> {
    let kind = TaskKind::parse(&task.kind).filter(|kind| kind.desk().is_some());
    let (Some(kind), Some(given)) = (kind, whole.get("response")) else { return Ok(Vec::new()) };
    if task.status != Status::Completed {
        return Ok(Vec::new());
    }
    let params = Params::of(whole["params"].clone())?;
    // What a test key was answered has no shape.
    let Ok(answer) = response::read(kind, &params, given) else { return Ok(Vec::new()) };
    let asked = questions(tx, task, taxonomy::wanted(kind, &params).fields, &answer)?;
    let of = |key: &str, title: &str, kind: &str, value: Value| {
        json!({
            "id": format!("{}.{key}", whole["task_id"].as_str().unwrap_or_default()),
            "key": key,
            "type": kind,
            "title": title,
            "value": value,
        })
    };
    let mut out = Vec::new();
    for question in &asked {
        let Some(value) = answer.fields.get(&question.id).filter(|value| !value.is_null()) else { continue };
        let mut one = of(&question.id, &question.title, word(question, value), as_value(question, value));
        if !question.options.is_empty() {
            one["possible_values"] = question.options.iter().map(|option| option.value.as_str()).collect();
        }
        out.push(one);
    }
    if kind.desk() == Some(Desk::Spans) {
        let spans = given["annotations"].as_array().into_iter().flatten();
        let spans: Vec<Value> =
            spans.map(|span| json!({ "label": span["label"], "text": span["text"] })).collect();
        out.push(of("annotations", "Annotations", "labeled_text", spans.into()));
    }
    Ok(out)
}

/// The questions that a task's parameters ask, then what else was answered: what the project asks besides, and what it asks no more.
fn questions(
    tx: &Tx<'_>,
    task: &TaskRow,
    mut asked: Vec<Question>,
    answer: &Response,
) -> Result<Vec<Question>> {
    let is_new = |asked: &[Question], id: &str| asked.iter().all(|question| question.id != id);
    if !answer.fields.keys().any(|id| is_new(&asked, id)) {
        return Ok(asked);
    }
    let version = tx.project(task.project)?.map_or(0, |project| project.taxonomy_version);
    let of_project = tx.taxonomy(task.project, version)?.map(|row| row.body.fields).unwrap_or_default();
    let besides: Vec<_> = of_project.into_iter().filter(|question| is_new(&asked, &question.id)).collect();
    asked.extend(besides);
    for (id, value) in &answer.fields {
        if is_new(&asked, id) {
            asked.push(unknown(id, value));
        }
    }
    Ok(asked)
}

/// A question of which nothing is known but an answer to it.
fn unknown(id: &str, value: &Value) -> Question {
    let kind = match value {
        Value::Array(_) => AnswerKind::Multiple,
        Value::Bool(_) => AnswerKind::Boolean,
        Value::Number(_) => AnswerKind::Number,
        _ => AnswerKind::Text,
    };
    let (id, title) = (id.to_owned(), id.to_owned());
    Question { id, title, help: None, kind, options: Vec::new(), required: false, min: None, max: None }
}

/// Scale's name of a kind of answer.
fn word(question: &Question, value: &Value) -> &'static str {
    match question.kind {
        AnswerKind::Single => "category",
        AnswerKind::Multiple => "category_multiple",
        _ if value.is_boolean() => "boolean",
        _ if value.is_i64() => "integer",
        _ => "text",
    }
}

fn as_value(question: &Question, value: &Value) -> Value {
    match value {
        Value::Number(number) if !question.kind.has_options() && !number.is_i64() => {
            number.to_string().into()
        }
        other => other.clone(),
    }
}

/// `GET v2/annotation`: one annotation of a task's thread.
pub async fn annotation(app: &App, client: &Client, id: String) -> Result<Value> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let none = || Error::not_found("annotation");
            let (task, _) = id.split_once('.').ok_or_else(none)?;
            let (task, whole) = shown(tx, &actor, task).map_err(|error| match error {
                Error::NotFound { .. } => none(),
                other => other,
            })?;
            let all = annotations(tx, &task, &whole)?;
            all.into_iter().find(|one| one["id"] == *id).ok_or_else(none)
        })
        .await
}
