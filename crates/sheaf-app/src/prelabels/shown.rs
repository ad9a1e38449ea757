//! The pre-label that an annotator begins with: what a batch's source says of the asset, as far as it fits the taxonomy that
//! the annotator has; and what an answer made of it.

use sheaf_model::{Problem, Response, TaskId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::prelabels::PrelabelRow;
use sheaf_store::submissions::Begun;

use crate::queue::answers::read;
use crate::queue::valid::on_canvas;
use crate::{Error, Result};

/// What a task is begun with.
#[derive(Debug, Clone)]
pub struct Prelabel {
    pub source: String,
    pub score: Option<f64>,
    /// JSON of a response.
    pub response: String,
    /// What it says and the taxonomy has no place for any more.
    pub left_out: Vec<Problem>,
}

/// The pre-label that a batch shows with one of its tasks.
pub(crate) fn shown(
    tx: &Tx<'_>,
    batch: &BatchRow,
    task: TaskId,
    taxonomy_version: i64,
) -> Result<Option<Prelabel>> {
    let Some(row) = row(tx, batch, task)? else { return Ok(None) };
    if row.taxonomy_version == taxonomy_version {
        let PrelabelRow { source, score, response, .. } = row;
        return Ok(Some(Prelabel { source, score, response, left_out: Vec::new() }));
    }
    let (response, left_out) = fitting(tx, &row, task, taxonomy_version)?;
    let response = serde_json::to_string(&response).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Some(Prelabel { source: row.source, score: row.score, response, left_out }))
}

/// What an answer is to the pre-label that its author was shown.
pub(crate) fn begun(
    tx: &Tx<'_>,
    batch: &BatchRow,
    task: TaskId,
    taxonomy_version: i64,
    answer: &Response,
) -> Result<Option<Begun>> {
    let Some(row) = row(tx, batch, task)? else { return Ok(None) };
    let said = match row.taxonomy_version == taxonomy_version {
        true => read(&row.response)?,
        false => fitting(tx, &row, task, taxonomy_version)?.0,
    };
    Ok(Some(Begun { unchanged: said.says_what(answer), source: row.source }))
}

fn row(tx: &Tx<'_>, batch: &BatchRow, task: TaskId) -> Result<Option<PrelabelRow>> {
    match &batch.prelabels {
        Some(source) => Ok(tx.prelabel(task.project, source, task.ordinal)?),
        None => Ok(None),
    }
}

fn fitting(
    tx: &Tx<'_>,
    row: &PrelabelRow,
    task: TaskId,
    taxonomy_version: i64,
) -> Result<(Response, Vec<Problem>)> {
    // Not one that is kept parsed: this is a transaction that writes, and what it sees may never be committed.
    let taxonomy = tx.taxonomy(task.project, taxonomy_version)?.ok_or(Error::not_found("taxonomy"))?.body;
    let asset = tx.asset(task.project, task.ordinal)?.ok_or(Error::not_found("asset"))?;
    let response = read(&row.response)?;
    on_canvas(tx, task.project, &asset, &response, |canvas| response.clone().fitting(&taxonomy, canvas))
}
