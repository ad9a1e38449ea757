//! The answers of a task that stand: what its annotators handed in this round, or what a reviewer put in their place.

use std::collections::BTreeMap;

use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{Response, SlotState, Task, TaskId};
use sheaf_store::Tx;
use sheaf_store::batch_hours::Work;
use sheaf_store::batches::BatchRow;
use sheaf_store::submissions::SubmissionRow;

use crate::{App, Error, Result};

/// The answers of a task at one moment.
#[derive(Default)]
pub(crate) struct Answers {
    /// Those that stand, by slot. One is a reviewer's when a review fixed the task: it alone counts then.
    pub(crate) standing: Vec<SubmissionRow>,
    /// Those of the annotators, by slot, once all are there; empty of a task that needs only one.
    pub(crate) judged: Vec<SubmissionRow>,
}

impl Answers {
    pub(crate) fn at(tx: &Tx<'_>, id: TaskId, task: &Task) -> Result<Self> {
        if task.slots.values().all(|slot| slot.state != SlotState::Submitted) {
            return Ok(Self::default());
        }
        Ok(Self::of(tx.task_submissions(id.project, id.batch, id.ordinal)?, task))
    }

    /// Out of all submissions to a task, oldest first.
    pub(crate) fn of(all: Vec<SubmissionRow>, task: &Task) -> Self {
        let mut newest = BTreeMap::new();
        for row in all {
            let place = row.key.place();
            let stands = task
                .slots
                .get(&place)
                .is_some_and(|slot| slot.state == SlotState::Submitted && slot.round == row.round);
            if stands {
                newest.insert(place, row);
            }
        }
        let mut judged = Vec::new();
        if task.rules.overlap > 1 && task.labelled() {
            judged
                .extend(newest.iter().filter(|(at, _)| at.stage == STAGE_LABEL).map(|(_, row)| row.clone()));
        }
        let standing = match newest.last_key_value().map(|(place, _)| *place) {
            Some(place) if place.stage != STAGE_LABEL => newest.remove(&place).into_iter().collect(),
            _ => newest.into_values().collect(),
        };
        Self { standing, judged }
    }

    /// Whether a reviewer's answer took the place of the annotators'.
    pub(crate) fn fixed(&self) -> bool {
        self.standing.first().is_some_and(|row| row.key.stage != STAGE_LABEL)
    }
}

/// Counts the answers that a step sent back, in the hours in which they were handed in.
pub(crate) fn count_sent_back(tx: &Tx<'_>, id: TaskId, before: &Task, after: &Task) -> Result<()> {
    let (project, batch) = (id.project, id.batch);
    let rows = tx.task_submissions(project, batch, id.ordinal)?;
    for (place, old) in before.slots.iter().filter(|(place, _)| place.stage == STAGE_LABEL) {
        if after.slots.get(place).is_none_or(|new| new.round == old.round) {
            continue;
        }
        let first =
            |row: &&SubmissionRow| row.key.place() == *place && row.round == old.round && row.revision == 1;
        if let Some(row) = rows.iter().find(first) {
            tx.add_work(project, batch, row.person, row.at, Work::sent_back());
        }
    }
    Ok(())
}

/// How often each label stands in a task's answers: of several, the most that one of them has.
pub(crate) fn labels<'a>(responses: impl IntoIterator<Item = &'a Response>) -> BTreeMap<String, u32> {
    let mut out = BTreeMap::new();
    for response in responses {
        for (label, n) in response.label_counts() {
            let most = out.entry(label).or_insert(0);
            *most = n.max(*most);
        }
    }
    out
}

/// An answer as it is stored.
pub(crate) fn read(stored: &str) -> Result<Response> {
    serde_json::from_str(stored).map_err(|error| Error::internal(format!("a stored answer: {error}")))
}

/// Stored answers.
pub(crate) fn responses(rows: &[SubmissionRow]) -> Result<Vec<Response>> {
    rows.iter().map(|row| read(&row.response)).collect()
}

/// The labels of stored answers.
pub(crate) fn labels_of(rows: &[SubmissionRow]) -> Result<BTreeMap<String, u32>> {
    Ok(labels(&responses(rows)?))
}

/// Writes anew what follows from a task's answers after a step on it: its labels, and how far its judgements agree. Nothing
/// follows from those to quality tasks: they say how people do, not what is in the data.
pub(crate) fn follow(
    app: &App,
    tx: &Tx<'_>,
    batch: &BatchRow,
    id: TaskId,
    before: &Answers,
    after: &Task,
) -> Result<()> {
    if batch.kind.is_quality() {
        return Ok(());
    }
    let after = Answers::at(tx, id, after)?;
    tx.set_answer_labels(id, &labels_of(&before.standing)?, &labels_of(&after.standing)?)?;
    crate::agreement::record(app, tx, id, &before.judged, &after.judged)
}
