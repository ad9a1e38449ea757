//! Writing a task's score and its part of the batch's sums, whenever its judgements change.

use std::collections::BTreeMap;

use sheaf_model::TaskId;
use sheaf_model::agreement::{Judgement, Sums, Tally, tallies};
use sheaf_store::Tx;
use sheaf_store::submissions::SubmissionRow;

use crate::queue::answers::read;
use crate::queue::valid::taxonomy;
use crate::{App, Result};

/// Stored answers as judgements, each with the taxonomy that it was given under.
pub(crate) fn judgements(app: &App, tx: &Tx<'_>, rows: &[SubmissionRow]) -> Result<Vec<Judgement>> {
    let judgement = |row: &SubmissionRow| {
        let taxonomy = taxonomy(app, tx, row.key.task.project, row.taxonomy_version)?;
        Ok(Judgement::new(row.person, read(&row.response)?, &taxonomy))
    };
    rows.iter().map(judgement).collect()
}

/// Writes what follows from the judgements of a task after a step: all of them before and after it, none while some are
/// missing.
pub(crate) fn record(
    app: &App,
    tx: &Tx<'_>,
    id: TaskId,
    before: &[SubmissionRow],
    after: &[SubmissionRow],
) -> Result<()> {
    let same = |(a, b): (&SubmissionRow, &SubmissionRow)| a.id == b.id;
    if before.len() == after.len() && before.iter().zip(after).all(same) {
        return Ok(());
    }
    let mut sums: BTreeMap<Tally, Sums> = BTreeMap::new();
    if let Some((_, old)) = tallies(&judgements(app, tx, before)?) {
        old.into_iter().for_each(|(tally, of)| *sums.entry(tally).or_default() -= of);
    }
    let now = tallies(&judgements(app, tx, after)?);
    let score = now.as_ref().map(|(found, _)| found.score);
    if let Some((_, new)) = now {
        new.into_iter().for_each(|(tally, of)| *sums.entry(tally).or_default() += of);
    }
    tx.set_agreement(id, score)?;
    Ok(tx.add_agreement_sums(id.project, id.batch, &sums)?)
}
