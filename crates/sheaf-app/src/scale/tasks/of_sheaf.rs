//! Tasks of a batch that was made in Sheaf, as clients see them. They have no rows of clients: what is shown is read from the
//! batch, the asset and the answers. Clients only look at them.

use roaring::RoaringBitmap;
use serde_json::{Value, json};
use sheaf_model::taxonomy::{AnswerKind, Question};
use sheaf_model::{AssetId, BatchState, Media, Millis, Ordinal, TaskId, TaskState};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::scale::{Stage, Status, TaskRow};

use super::list::{Asked, Listed, checked_status};
use super::shape::{self, Common};
use crate::scale::find::{self, To};
use crate::scale::id;
use crate::scale::params::bad;
use crate::{Actor, Error, Result};

/// A page of a batch's tasks, the newest asset first.
pub(super) fn page(tx: &Tx<'_>, batch: &BatchRow, asked: &Asked) -> Result<Listed> {
    if [asked.completed, asked.updated].iter().any(|range| range.0.is_some() || range.1.is_some()) {
        return Err(bad(
            "a batch that was made in Sheaf is not listed by when its tasks were completed or updated",
        ));
    }
    let below = match &asked.next_token {
        None => u32::MAX,
        Some(token) => token
            .strip_prefix("own.")
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| bad("`next_token` is not one that a page of this batch gave"))?,
    };
    let mut wanted = if is_ruled_out(tx, batch, asked)? {
        RoaringBitmap::new()
    } else {
        of_status(tx, batch, checked_status(asked)?)?
    };
    let total = wanted.len() as i64;
    wanted.remove_range(below..);
    let last = wanted.len().saturating_sub(u64::from(asked.offset));
    let first = last.saturating_sub(u64::from(asked.limit));
    let ordinals: Vec<Ordinal> =
        (first..last).rev().filter_map(|at| wanted.select(u32::try_from(at).ok()?)).collect();
    let next_token = ordinals.last().filter(|_| first > 0).map(|ordinal| format!("own.{ordinal}"));
    let mut common = Common::default();
    let items = ordinals.into_iter().map(|ordinal| {
        let whole = shown(tx, &mut common, batch, ordinal)?;
        match (asked.limited, asked.v2) {
            (true, _) => Ok(shape::limited(&whole)),
            (false, Some(expand)) => shape::v2(tx, &row(tx, batch, ordinal)?, whole, expand),
            (false, None) => Ok(whole),
        }
    });
    Ok(Listed { items: items.collect::<Result<_>>()?, total, next_token })
}

/// What such tasks never have is asked for, or what this batch's have not.
fn is_ruled_out(tx: &Tx<'_>, batch: &BatchRow, asked: &Asked) -> Result<bool> {
    let (from, before) = asked.created;
    let within =
        from.is_none_or(|from| batch.created >= from) && before.is_none_or(|before| batch.created < before);
    let reviewed = !asked.reviews.is_empty() && !asked.reviews.iter().any(|review| review == "pending");
    let kind = asked.kind.as_ref().map(|kind| Ok::<_, Error>(*kind != self::kind(tx, batch)?)).transpose()?;
    Ok(!within || reviewed || asked.unique_id.is_some() || !asked.tags.is_empty() || kind == Some(true))
}

/// The members of a batch whose tasks are in a status. That reads a row for each that somebody has touched.
fn of_status(tx: &Tx<'_>, batch: &BatchRow, status: Option<Status>) -> Result<RoaringBitmap> {
    let members = tx.batch_members(batch.project, batch.id)?;
    let Some(status) = status else { return Ok(members) };
    let mut done = RoaringBitmap::new();
    tx.each_task_facts(batch.project, batch.id, |ordinal, facts| {
        if facts.state(batch.rules) == TaskState::Done {
            done.insert(ordinal);
        }
    })?;
    Ok(match (status, batch.state == BatchState::Cancelled) {
        (Status::Completed, _) => members & done,
        (Status::Pending, false) | (Status::Canceled, true) => members - done,
        _ => RoaringBitmap::new(),
    })
}

/// One of them by its id.
pub(super) fn one(tx: &Tx<'_>, actor: &Actor, of: TaskId) -> Result<(TaskRow, Value)> {
    let none = || Error::not_found("task");
    find::access(tx, actor, of.project, To::Look).map_err(|error| match error {
        Error::NotFound { .. } => none(),
        other => other,
    })?;
    let batch = tx.batch(of.project, of.batch)?.ok_or_else(none)?;
    if !tx.is_member(of.project, of.batch, of.ordinal)?
        || tx.client_task_of(of.project, of.batch, of.ordinal)?.is_some()
    {
        return Err(none());
    }
    Ok((row(tx, &batch, of.ordinal)?, shown(tx, &mut Common::default(), &batch, of.ordinal)?))
}

fn shown(tx: &Tx<'_>, common: &mut Common, batch: &BatchRow, ordinal: Ordinal) -> Result<Value> {
    let mut whole = shape::whole(tx, common, &row(tx, batch, ordinal)?)?;
    whole["task_id"] = id::own_task(TaskId { project: batch.project, batch: batch.id, ordinal }).into();
    Ok(whole)
}

/// The row that a client's task would have.
fn row(tx: &Tx<'_>, batch: &BatchRow, ordinal: Ordinal) -> Result<TaskRow> {
    let of = TaskId { project: batch.project, batch: batch.id, ordinal };
    let asset = tx.asset(of.project, ordinal)?.ok_or_else(|| Error::internal("a member is no asset"))?;
    let rows = tx.task_rows(of)?;
    let status = match (rows.task(batch.rules).done() && !rows.0.is_empty(), batch.state) {
        (true, _) => Status::Completed,
        (false, BatchState::Cancelled) => Status::Canceled,
        (false, _) => Status::Pending,
    };
    let answered: Option<Millis> =
        tx.task_submissions(of.project, of.batch, ordinal)?.iter().map(|row| row.at).max();
    let address = id::address(AssetId { project: of.project, ordinal });
    let mut params = match tx.text(of.project, ordinal)? {
        Some(text) => json!({ "attachments": [{ "type": "text", "content": text }] }),
        None => json!({ "attachment": address, "attachment_type": "image" }),
    };
    params["fields"] = fields(tx, batch)?;
    Ok(TaskRow {
        project: of.project,
        number: 0,
        batch: of.batch,
        kind: kind(tx, batch)?,
        stage: Stage::Bound,
        status,
        ordinal: Some(ordinal),
        unique_id: None,
        params: params.to_string(),
        metadata: asset.metadata,
        tags: Vec::new(),
        callback: None,
        callback_ok: None,
        priority: None,
        is_test: false,
        params_version: None,
        response: None,
        error: None,
        review: "pending".to_owned(),
        audits: None,
        created: batch.created,
        updated: answered.unwrap_or(batch.created),
        completed: answered.filter(|_| status == Status::Completed),
        fetch_due: None,
        fetch_attempts: 0,
    })
}

/// The type that fits what a project asks for.
fn kind(tx: &Tx<'_>, batch: &BatchRow) -> Result<String> {
    let project = tx.project(batch.project)?.ok_or(Error::not_found("project"))?;
    let taxonomy = tx.taxonomy(project.id, project.taxonomy_version)?;
    let labels = taxonomy.is_some_and(|row| !row.body.labels.is_empty());
    Ok(match (project.media, labels) {
        (Media::Text, true) => "namedentityrecognition",
        (Media::Text, false) => "textcollection",
        _ => "imageannotation",
    }
    .to_owned())
}

fn fields(tx: &Tx<'_>, batch: &BatchRow) -> Result<Value> {
    let version = tx.project(batch.project)?.map_or(0, |project| project.taxonomy_version);
    let taxonomy = tx.taxonomy(batch.project, version)?;
    Ok(taxonomy.iter().flat_map(|row| &row.body.fields).map(field).collect())
}

fn field(question: &Question) -> Value {
    let kind = match question.kind {
        AnswerKind::Single | AnswerKind::Multiple => "category",
        AnswerKind::Boolean => "boolean",
        AnswerKind::Number => "number",
        AnswerKind::Text => "text",
    };
    let choice = |option: &sheaf_model::taxonomy::Choice| json!({ "label": option.title.as_ref().unwrap_or(&option.value), "value": option.value });
    json!({
        "field_id": question.id,
        "type": kind,
        "title": question.title,
        "allow_multiple": question.kind == AnswerKind::Multiple,
        "choices": question.options.iter().map(choice).collect::<Vec<_>>(),
    })
}
