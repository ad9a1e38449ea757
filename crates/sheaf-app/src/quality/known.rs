//! Known answers of a quality batch: written by hand or by a program, or taken from the answers of another batch.

use serde_json::json;
use sheaf_model::agreement::MergeRule;
use sheaf_model::quality::NOTE_CHARS_MAX;
use sheaf_model::{AssetId, BatchId, Ordinal, Problem, ProjectId, Response, TaskId};
use sheaf_store::batches::BatchRow;
use sheaf_store::library::AssetRow;
use sheaf_store::quality::KnownAnswerRow;
use sheaf_store::{Turn, Tx};

use super::serve::rescore;
use crate::agreement::merged::merged;
use crate::library::AssetView;
use crate::library::view::views;
use crate::queue::answers::{Answers, read};
use crate::queue::valid::on_canvas;
use crate::{Access, Actor, App, Error, Result};

/// Answers in one call.
pub const AT_ONCE_MAX: usize = 1_000;

/// An answer to be known.
#[derive(Debug, Clone)]
pub struct NewKnownAnswer {
    pub asset: AssetId,
    pub response: Response,
    /// Told with the answer after a training task.
    pub note: String,
}

#[derive(Debug)]
pub struct KnownAnswer {
    pub asset: AssetView,
    pub response: Response,
    pub note: String,
    /// People who handed the task in, and the mean of their scores in millionths.
    pub n: i64,
    pub mean: Option<i64>,
}

#[derive(Debug)]
pub struct KnownAnswers {
    pub items: Vec<KnownAnswer>,
    /// The ordinal that the next page begins with.
    pub next: Option<Ordinal>,
    pub total: i64,
    /// Tasks of the batch that have none yet.
    pub missing: i64,
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub written: usize,
    pub missing: i64,
}

/// A page of a batch's known answers, by upload order. For managers: whoever labels must not see them.
pub async fn list(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    batch: BatchId,
    from: Ordinal,
    limit: u32,
) -> Result<KnownAnswers> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = quality_batch(tx, project, batch)?;
            let mut rows = tx.known_answers(project, batch, from, limit.saturating_add(1))?;
            let next = rows.get(limit as usize).map(|row| row.task.ordinal);
            rows.truncate(limit as usize);
            let items = rows.into_iter().map(|row| shown(tx, row)).collect::<Result<Vec<_>>>()?;
            let total = tx.count_known_answers(project, batch)?;
            Ok(KnownAnswers { items, next, total, missing: row.n_members - total })
        })
        .await
}

fn shown(tx: &Tx<'_>, row: KnownAnswerRow) -> Result<KnownAnswer> {
    let task = row.task;
    let asset = tx.asset(task.project, task.ordinal)?.ok_or(Error::not_found("asset"))?;
    let asset = views(tx, task.project, vec![asset])?.pop().ok_or(Error::not_found("asset"))?;
    let scores: Vec<i64> = tx.quality_of(task)?.into_iter().filter_map(|row| row.score).collect();
    let n = scores.len() as i64;
    let mean = (n > 0).then(|| scores.iter().sum::<i64>() / n);
    Ok(KnownAnswer { asset, response: read(&row.response)?, note: row.note, n, mean })
}

/// Writes known answers, each in the place of the one before. All of them or none; what is wrong is told at its place.
/// People who did the task already are scored anew.
pub async fn put(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    batch: BatchId,
    new: Vec<NewKnownAnswer>,
) -> Result<Written> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            if new.is_empty() || new.len() > AT_ONCE_MAX {
                let message = format!("must be 1 to {AT_ONCE_MAX} answers, not {}", new.len());
                return Err(Error::problems("invalid", vec![Problem::new("items", message)]));
            }
            let row = quality_batch(tx, project, batch)?;
            let mut problems = Vec::new();
            for (i, one) in new.iter().enumerate() {
                problems.extend(self::problems(tx, &row, one)?.into_iter().map(|problem| {
                    let path = format!("items[{i}].{}", problem.path);
                    Problem { path: path.trim_end_matches('.').to_owned(), ..problem }
                }));
            }
            if !problems.is_empty() {
                return Err(Error::problems("invalid_response", problems));
            }
            for one in &new {
                let task = TaskId { project, batch, ordinal: one.asset.ordinal };
                write(&inner, tx, &actor, task, &one.response, &one.note)?;
            }
            written(&inner, tx, &actor, &row, new.len())
        })
        .await
}

/// Takes the answers of the done tasks of another batch for the assets that both have. Of several answers to a task the
/// majority's counts. Known answers that are there stay.
pub async fn copy(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    batch: BatchId,
    from: BatchId,
) -> Result<Written> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = quality_batch(tx, project, batch)?;
            let source = tx.batch(project, from)?.ok_or(Error::not_found("batch"))?;
            if source.kind.is_quality() {
                return Err(Error::invalid("bad_source", "known answers come from a batch that labels data"));
            }
            let both = tx.batch_members(project, batch)? & tx.batch_members(project, from)?;
            let mut n = 0;
            for ordinal in both {
                let task = TaskId { project, batch, ordinal };
                if tx.known_answer(task)?.is_some() {
                    continue;
                }
                let old = TaskId { project, batch: from, ordinal };
                let done = tx.task_rows(old)?.task(source.rules);
                if !done.done() {
                    continue;
                }
                let answers = Answers::at(tx, old, &done)?;
                let one = merged(&answers, source.rules.overlap, MergeRule::Majority)?;
                let Some((response, _)) = one else { continue };
                let asset = AssetId { project, ordinal };
                let new = NewKnownAnswer { asset, response, note: String::new() };
                // An answer to an older taxonomy may not fit today's; then there is none to be known.
                if problems(tx, &row, &new)?.is_empty() {
                    write(&inner, tx, &actor, task, &new.response, "")?;
                    n += 1;
                }
            }
            written(&inner, tx, &actor, &row, n)
        })
        .await
}

fn written(app: &App, tx: &Tx<'_>, actor: &Actor, batch: &BatchRow, n: usize) -> Result<Written> {
    let details = json!({ "answers": n });
    tx.audit(app.now(), Some(actor.user), "batch.known_answers", &batch.id.to_string(), &details)?;
    let missing = batch.n_members - tx.count_known_answers(batch.project, batch.id)?;
    Ok(Written { written: n, missing })
}

pub(crate) fn write(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    task: TaskId,
    response: &Response,
    note: &str,
) -> Result<()> {
    let text = serde_json::to_string(response).map_err(|error| Error::internal(error.to_string()))?;
    let row = KnownAnswerRow { task, response: text, note: note.to_owned(), by: actor.user, at: app.now() };
    tx.set_known_answer(&row)?;
    rescore(tx, task, response)
}

/// What is wrong with a known answer: of another project, no task of the batch, against the taxonomy.
pub(crate) fn problems(tx: &Tx<'_>, batch: &BatchRow, new: &NewKnownAnswer) -> Result<Vec<Problem>> {
    let (project, ordinal) = (batch.project, new.asset.ordinal);
    let member = new.asset.project == project && tx.is_member(project, batch.id, ordinal)?;
    let asset = if member { tx.asset(project, ordinal)? } else { None };
    let Some(asset) = asset else {
        return Ok(vec![Problem::new("asset_id", "is not a task of this batch")]);
    };
    let mut out = Vec::new();
    if new.note.chars().count() > NOTE_CHARS_MAX {
        out.push(Problem::new("note", format!("must have at most {NOTE_CHARS_MAX} characters")));
    }
    out.extend(misfits(tx, project, &asset, &new.response)?);
    Ok(out)
}

/// Why a response is none to what a project asks for of an asset.
pub(crate) fn misfits(
    tx: &Tx<'_>,
    project: ProjectId,
    asset: &AssetRow,
    response: &Response,
) -> Result<Vec<Problem>> {
    let version = tx.project(project)?.map_or(0, |project| project.taxonomy_version);
    let Some(taxonomy) = tx.taxonomy(project, version)? else {
        let what = "the project has no taxonomy yet, so there is nothing to answer";
        return Ok(vec![Problem::new("response", what)]);
    };
    let found = on_canvas(tx, project, asset, response, |canvas| response.problems(&taxonomy.body, canvas))?;
    let problems = found.into_iter().map(|problem| Problem {
        path: format!("response.{}", problem.path).trim_end_matches('.').to_owned(),
        ..problem
    });
    Ok(problems.collect())
}

/// A quality batch is launched when the answer to each of its tasks is known.
pub(crate) fn all_there(tx: &Tx<'_>, batch: &BatchRow) -> Result<()> {
    if !batch.kind.is_quality() {
        return Ok(());
    }
    let missing = batch.n_members - tx.count_known_answers(batch.project, batch.id)?;
    if missing <= 0 {
        return Ok(());
    }
    let what = format!("{missing} of the tasks of batch `{}` have no known answer yet", batch.name);
    Err(Error::conflict("known_answers_missing", what)
        .hint("write them, or take them from the answers of another batch")
        .details(json!({ "missing": missing })))
}

fn quality_batch(tx: &Tx<'_>, project: ProjectId, batch: BatchId) -> Result<BatchRow> {
    let row = tx.batch(project, batch)?.ok_or(Error::not_found("batch"))?;
    if row.kind.is_quality() {
        return Ok(row);
    }
    let kind = row.kind.as_str();
    Err(Error::invalid("not_quality", format!("a batch of kind {kind} has no known answers"))
        .hint("make a batch of kind gold or training"))
}
