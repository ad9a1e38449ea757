//! What a quality task is to the one who labels it: a gold task says that it is of the batch that would have come
//! otherwise; a training task is explained after it was handed in.

use std::collections::BTreeMap;

use sheaf_model::agreement::compare;
use sheaf_model::{Millis, Response, TaskId, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::quality::QualityRow;

use crate::Result;
use crate::queue::answers::read;

/// What is told after a training task.
#[derive(Debug, Clone, PartialEq)]
pub struct Feedback {
    /// Agreement with the known answer, millionths.
    pub score: i64,
    pub response: Response,
    pub note: String,
}

/// Notes that a person was given a quality task; a gold one that says it is of `shown`.
pub(crate) fn given(
    tx: &Tx<'_>,
    batch: &BatchRow,
    task: TaskId,
    person: UserId,
    shown: Option<&BatchRow>,
    now: Millis,
) -> Result<()> {
    if batch.kind.is_quality() && tx.quality(task, person)?.is_none() {
        let shown = shown.map(|batch| batch.id);
        tx.put_quality(&QualityRow { task, person, shown, score: None, at: now })?;
    }
    Ok(())
}

/// Scores what a person handed in. Feedback after a training task; nothing is told of gold.
pub(crate) fn score(
    tx: &Tx<'_>,
    batch: &BatchRow,
    task: TaskId,
    person: UserId,
    response: &Response,
    now: Millis,
) -> Result<Option<Feedback>> {
    if !batch.kind.is_quality() {
        return Ok(None);
    }
    let Some(known) = tx.known_answer(task)? else { return Ok(None) };
    let right = read(&known.response)?;
    let score = compare(&[response, &right]).score;
    let shown = tx.quality(task, person)?.and_then(|row| row.shown);
    tx.put_quality(&QualityRow { task, person, shown, score: Some(score), at: now })?;
    Ok(batch.kind.is_explained().then_some(Feedback { score, response: right, note: known.note }))
}

/// The feedback that a person got for a training task, again.
pub(crate) fn told(tx: &Tx<'_>, task: TaskId, person: UserId) -> Result<Option<Feedback>> {
    let Some(score) = tx.quality(task, person)?.and_then(|row| row.score) else { return Ok(None) };
    let training = tx.batch(task.project, task.batch)?.is_some_and(|batch| batch.kind.is_explained());
    let Some(known) = tx.known_answer(task)?.filter(|_| training) else { return Ok(None) };
    Ok(Some(Feedback { score, response: read(&known.response)?, note: known.note }))
}

/// The batch that a task is shown as one of: of a gold task another one, so that it cannot be told from the rest.
pub(crate) fn shown(tx: &Tx<'_>, batch: &BatchRow, task: TaskId, person: UserId) -> Result<Option<BatchRow>> {
    if !batch.kind.is_mixed_in() {
        return Ok(None);
    }
    let shown = tx.quality(task, person)?.and_then(|row| row.shown);
    Ok(shown.map(|id| tx.batch(task.project, id)).transpose()?.flatten())
}

/// Scores everybody who did a task anew: its known answer is another now.
pub(super) fn rescore(tx: &Tx<'_>, task: TaskId, right: &Response) -> Result<()> {
    let newest = newest(tx, task)?;
    for row in tx.quality_of(task)? {
        if let Some(response) = newest.get(&row.person) {
            tx.put_quality(&QualityRow { score: Some(compare(&[response, right]).score), ..row })?;
        }
    }
    Ok(())
}

/// What each person handed in last for a task.
pub(crate) fn newest(tx: &Tx<'_>, task: TaskId) -> Result<BTreeMap<UserId, Response>> {
    let rows = tx.task_submissions(task.project, task.batch, task.ordinal)?;
    rows.into_iter().map(|row| Ok((row.person, read(&row.response)?))).collect()
}
