//! Answers that were checked: which of them are new, and their rows. Each is put in place as if it had been handed in, so that
//! it is counted, found and exported like every other, but as nobody's work here.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sha2::{Digest, Sha256};
use sheaf_model::task::OVERLAP_MAX;
use sheaf_model::{
    BatchId, Millis, Ordinal, Problem, ProjectId, Response, SlotPlace, SubmissionId, Task, TaskCounts,
    TaskId, UserId,
};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::queue::SlotKey;
use sheaf_store::submissions::SubmissionRow;

use super::row::Row;
use crate::batches::brought_in::{grow, make};
use crate::queue::answers::{Answers, labels_of, read};
use crate::rows::Refused;
use crate::rows::earlier::{Earlier, fingerprint};
use crate::rows::row::shown;
use crate::{Access, Actor, App, Error, Result, agreement, ids};

/// A row that fits its asset and the taxonomy.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    row: u64,
    ordinal: Ordinal,
    annotator: String,
    person: UserId,
    answered: Option<Millis>,
    taxonomy_version: i64,
    response: Response,
    /// The response as it is stored.
    body: String,
}

impl Checked {
    pub(super) fn new(
        project: ProjectId,
        n: u64,
        ordinal: Ordinal,
        row: Row,
        taxonomy_version: i64,
    ) -> Result<Self> {
        let Row { said, annotator, answered } = row;
        let response = said.response;
        let body = serde_json::to_string(&response).map_err(|error| Error::internal(error.to_string()))?;
        let person = elsewhere(project, &annotator);
        Ok(Self { row: n, ordinal, annotator, person, answered, taxonomy_version, response, body })
    }
}

/// The number of somebody who has no account here: it follows from what they are called, so it needs no look-up.
fn elsewhere(project: ProjectId, annotator: &str) -> UserId {
    let digest = Sha256::digest(format!("{project} {annotator}"));
    let number = digest[..8].iter().fold(0_u64, |n, byte| (n << 8) | u64::from(*byte));
    UserId(-1 - (number >> 1) as i64)
}

/// The batch of this name, which must be one of answers that were brought in.
pub(super) fn batch_of(tx: &Tx<'_>, project: ProjectId, name: &str) -> Result<Option<BatchRow>> {
    let batch = tx.batch_by_name(project, name)?;
    if let Some(other) = batch.as_ref().filter(|batch| !batch.brought_in) {
        let what =
            format!("the batch `{}` is labelled here, and takes no answers from elsewhere", other.name);
        return Err(Error::conflict("name_taken", what)
            .hint("give another name: the answers get a batch of their own"));
    }
    Ok(batch)
}

/// What some rows say that is new, by asset, beside what was said before.
pub(super) struct Sorted {
    new: BTreeMap<Ordinal, Vec<Checked>>,
    before: BTreeMap<Ordinal, Vec<SubmissionRow>>,
    pub(super) unchanged: u64,
    pub(super) refused: Refused,
}

impl Sorted {
    pub(super) fn added(&self) -> u64 {
        self.new.values().map(|rows| rows.len() as u64).sum()
    }

    /// Keeps in mind what a dry run would have written.
    pub(super) fn note(&self, earlier: &mut Earlier) {
        for row in self.new.values().flatten() {
            earlier.note(row.ordinal, fingerprint(&row.annotator), fingerprint(&row.body));
        }
    }
}

/// Looks at rows one after the other: an annotator says one thing of an asset in a batch. `earlier`: rows of the same call that were
/// not written.
pub(super) fn sorted(
    tx: &Tx<'_>,
    project: ProjectId,
    batch: Option<&BatchRow>,
    earlier: &Earlier,
    rows: Vec<Checked>,
) -> Result<Sorted> {
    let ordinals: RoaringBitmap = rows.iter().map(|row| row.ordinal).collect();
    let before = match batch {
        Some(batch) => tx.answers_of(project, batch.id, &tx.members_among(project, batch.id, &ordinals)?)?,
        None => BTreeMap::new(),
    };
    let mut out = Sorted { new: BTreeMap::new(), before, unchanged: 0, refused: Refused::new() };
    for row in rows {
        let old = out.before.get(&row.ordinal).map_or(&[][..], Vec::as_slice);
        let new = out.new.get(&row.ordinal).map_or(&[][..], Vec::as_slice);
        let there = old.iter().map(|it| (it.person, &it.response));
        let mut all = there.chain(new.iter().map(|it| (it.person, &it.body)));
        let same = match all.find(|(person, _)| *person == row.person) {
            Some((_, said)) => Some(*said == row.body || read(said)?.says_what(&row.response)),
            None => earlier
                .said(row.ordinal, fingerprint(&row.annotator))
                .map(|what| what == fingerprint(&row.body)),
        };
        let n = old.len() + new.len() + earlier.how_many(row.ordinal);
        match same {
            Some(true) => out.unchanged += 1,
            Some(false) => {
                let what = format!(
                    "is not what `{}` said of this asset in this batch before, and an answer stays as it was given; bring another one in with another batch",
                    shown(&row.annotator)
                );
                out.refused.push((row.row, vec![Problem::new("response", what)]));
            }
            None if n >= usize::from(OVERLAP_MAX) => {
                let what = format!("is of the {}th annotator, and a task has at most {OVERLAP_MAX}", n + 1);
                out.refused.push((row.row, vec![Problem::new("annotator", what)]));
            }
            None => out.new.entry(row.ordinal).or_default().push(row),
        }
    }
    Ok(out)
}

/// What became of some rows.
pub(super) struct Written {
    pub(super) batch: Option<BatchId>,
    pub(super) revision: Option<i64>,
    pub(super) added: u64,
    pub(super) unchanged: u64,
    pub(super) refused: Refused,
}

/// Writes what is new. `revision`: of the batch, that the call made with an earlier part.
pub(super) fn write(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    project: ProjectId,
    name: &str,
    revision: Option<i64>,
    rows: Vec<Checked>,
) -> Result<Written> {
    let access = Access::manager(tx, actor, project)?;
    let batch = batch_of(tx, project, name)?;
    let found = sorted(tx, project, batch.as_ref(), &Earlier::default(), rows)?;
    let added = found.added();
    let Sorted { new, mut before, unchanged, refused } = found;
    let known = batch.as_ref().map(|batch| batch.id);
    if new.is_empty() {
        return Ok(Written { batch: known, revision, added, unchanged, refused });
    }
    let fresh: RoaringBitmap = new.keys().copied().filter(|ordinal| !before.contains_key(ordinal)).collect();
    let (id, revision) = match &batch {
        None => (make(app, tx, actor, &access, name, &fresh)?, Some(1)),
        Some(batch) => (batch.id, grow(app, tx, actor, &access, batch, &fresh, revision)?),
    };
    let people: BTreeMap<UserId, &str> =
        new.values().flatten().map(|row| (row.person, row.annotator.as_str())).collect();
    for (person, annotator) in people {
        tx.put_person_elsewhere(project, person, annotator)?;
    }
    let (mut counts, now) = (TaskCounts::default(), app.now());
    for (ordinal, rows) in new {
        let task = TaskId { project, batch: id, ordinal };
        let before = before.remove(&ordinal).unwrap_or_default();
        counts.done += i64::from(before.is_empty());
        counts.submitted += rows.len() as i64;
        answer(app, tx, task, before, rows, now)?;
    }
    tx.move_progress(project, id, counts, None)?;
    Ok(Written { batch: Some(id), revision, added, unchanged, refused })
}

/// Writes new answers of one task, and what follows from all of them.
fn answer(
    app: &App,
    tx: &Tx<'_>,
    task: TaskId,
    mut before: Vec<SubmissionRow>,
    rows: Vec<Checked>,
    now: Millis,
) -> Result<()> {
    before.sort_by_key(|row| row.key.n);
    let mut all = before.clone();
    for row in rows {
        let n = u8::try_from(all.len()).map_err(|_| Error::internal("a task has too many answers"))?;
        let new = SubmissionRow {
            id: submission(task, row.person),
            key: SlotKey::at(task, SlotPlace::label(n)),
            body_hash: Sha256::digest(format!("{task}{}", row.body)).into(),
            person: row.person,
            round: 1,
            revision: 1,
            fence: ids::random::<16>()?,
            taxonomy_version: row.taxonomy_version,
            response: row.body,
            seconds: None,
            at: row.answered.unwrap_or(now),
            prelabel: None,
        };
        tx.insert_brought_in(&new)?;
        all.push(new);
    }
    let (old, new) = (standing(before), standing(all));
    tx.set_answer_labels(task, &labels_of(&old.standing)?, &labels_of(&new.standing)?)?;
    agreement::record(app, tx, task, &old.judged, &new.judged)
}

fn standing(rows: Vec<SubmissionRow>) -> Answers {
    let task = Task::as_given(rows.iter().map(|row| (row.person, row.fence)));
    Answers::of(rows, &task)
}

/// The id of somebody's answer to a task: it follows from both, and the ids of a batch are in the order of its assets, so that the
/// index of millions grows at its end.
fn submission(task: TaskId, person: UserId) -> SubmissionId {
    let mut out = [0; 16];
    out[..4].copy_from_slice(&task.batch.0.to_be_bytes()[4..]);
    out[4..8].copy_from_slice(&task.ordinal.to_be_bytes());
    out[8..].copy_from_slice(&Sha256::digest(format!("{task} {person}"))[..8]);
    SubmissionId(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_elsewhere_have_numbers_below_zero_of_their_own() {
        let (one, other) = (ProjectId(7), ProjectId(8));
        let kim = elsewhere(one, "kim@x.org");
        assert!(kim.is_elsewhere() && elsewhere(one, "").is_elsewhere());
        assert_eq!(kim, elsewhere(one, "kim@x.org"));
        assert!(kim != elsewhere(other, "kim@x.org") && kim != elsewhere(one, "Kim@x.org"));
    }
}
