//! What becomes of files that were read, inside the transaction that makes it so: rows, index, counts and report of a
//! group of files are written together or not at all.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::upload::UploadCounts;
use sheaf_model::{AssetId, Millis, Ordinal, ProjectId, UploadId};
use sheaf_store::blob_removals::Removed;
use sheaf_store::blobs::BlobHash;
use sheaf_store::library::NewAsset;
use sheaf_store::upload_files::{FileRow, FileState};
use sheaf_store::upload_problems::ProblemRow;
use sheaf_store::{StoreError, Tx};

use crate::uploads::draft;
use crate::uploads::receive::{FileOutcome, FileOutcomeState};
use crate::{Error, Result};

/// A file that was received and read.
pub(super) struct Item {
    pub(super) project: ProjectId,
    pub(super) upload: UploadId,
    pub(super) path: String,
    /// Bytes as they were sent.
    pub(super) size: u64,
    pub(super) found: Found,
    /// The job of its upload brings it, and only while it is this node's.
    pub(super) of_job: bool,
}

/// What is answered to a job that another node has taken.
pub(super) const JOB_ENDED: &str = "job_ended";

impl Item {
    /// The files that a row will name.
    pub(super) fn blobs(&self) -> impl Iterator<Item = BlobHash> + use<> {
        let both = match &self.found {
            Found::Asset { asset, .. } => [asset.content, asset.thumbnail],
            Found::Refused(_) | Found::Archive { .. } => [None, None],
        };
        both.into_iter().flatten()
    }
}

pub(super) enum Found {
    /// Its content is in the store. The note is for the person who sent it.
    Asset {
        asset: Box<NewAsset>,
        note: Option<String>,
    },
    Refused(Problem),
    /// An archive whose entries are items of their own.
    Archive {
        note: Option<String>,
    },
}

/// What a manifest says of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sidecar {
    pub(super) name: String,
    pub(super) reference: Option<String>,
    pub(super) metadata: Map<String, Value>,
}

impl Sidecar {
    pub(super) fn apply(self, asset: &mut NewAsset) {
        asset.name = self.name;
        asset.reference = self.reference.or(asset.reference.take());
        asset.metadata = Value::Object(self.metadata).to_string();
    }
}

type Outcome = Option<Result<FileOutcome>>;

/// Writes the outcome of the items and says, in their order, what became of each. `now` was asked for in this
/// transaction, so that assets are uploaded in the order of their ordinals.
/// `there`: see [`Tx::keep_blobs`].
pub(super) fn settle(
    tx: &Tx<'_>,
    now: Millis,
    items: &[Item],
    there: &[Removed],
) -> Result<Vec<Result<FileOutcome>>> {
    let blobs: Vec<BlobHash> = items.iter().flat_map(Item::blobs).collect();
    tx.keep_blobs(&blobs, there)?;
    let mut by_upload: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, item) in items.iter().enumerate() {
        by_upload.entry((item.project.0, item.upload.0)).or_default().push(i);
    }
    let mut out: Vec<Outcome> = items.iter().map(|_| None).collect();
    for ((project, upload), places) in by_upload {
        let (project, upload) = (ProjectId(project), UploadId(upload));
        let mut group = Group::new(tx, now, project, upload);
        // A node that was cut off or stood still may come with what it fetched before another one took its job.
        let lost = places.iter().any(|i| items[*i].of_job) && !tx.holds_job(project, upload.0)?;
        for i in places {
            if group.new_paths.contains(&items[i].path) {
                group.write(items, &mut out)?;
            }
            out[i] = Some(match super::open_upload(tx, project, upload) {
                Err(closed) => Err(closed),
                Ok(_) if lost && items[i].of_job => {
                    Err(Error::conflict(JOB_ENDED, "another node goes on with what the upload is made of"))
                }
                Ok(_) => Ok(group.settle_one(&items[i], i)?),
            });
        }
        group.write(items, &mut out)?;
    }
    Ok(out
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|| Err(Error::internal("a file was not settled"))))
        .collect())
}

/// Items of one upload.
struct Group<'t, 'c> {
    tx: &'t Tx<'c>,
    now: Millis,
    project: ProjectId,
    upload: UploadId,
    counts: UploadCounts,
    bytes: i64,
    problems: Vec<ProblemRow>,
    new: Vec<NewAsset>,
    /// Place among the items, and the note, of each of them.
    new_places: Vec<(usize, Option<String>)>,
    new_paths: HashSet<String>,
    new_references: HashSet<String>,
}

impl<'t, 'c> Group<'t, 'c> {
    fn new(tx: &'t Tx<'c>, now: Millis, project: ProjectId, upload: UploadId) -> Self {
        Self {
            tx,
            now,
            project,
            upload,
            counts: UploadCounts::default(),
            bytes: 0,
            problems: Vec::new(),
            new: Vec::new(),
            new_places: Vec::new(),
            new_paths: HashSet::new(),
            new_references: HashSet::new(),
        }
    }

    /// Decides over one item. The outcome of an asset that is to be appended is written over by [`Group::write`], once
    /// its ordinal is known.
    fn settle_one(&mut self, item: &Item, place: usize) -> Result<FileOutcome> {
        let prior = self.tx.upload_file(self.project, self.upload, &item.path)?;
        let was_refused = prior.as_ref().is_some_and(|prior| prior.state == FileState::Refused);
        if was_refused {
            self.uncount_refusal(&item.path)?;
        }
        let (mut asset, note) = match &item.found {
            Found::Refused(problem) => {
                return self.refuse(item, problem, prior.is_some() && !was_refused);
            }
            Found::Archive { note } => {
                self.put_file(item, FileState::Done, None, None)?;
                let mut outcome = self.outcome(item, FileOutcomeState::Done, None);
                outcome.message = note.clone();
                return Ok(outcome);
            }
            Found::Asset { asset, note } => (NewAsset::clone(asset), note),
        };
        let sidecar = self.tx.take_sidecar(self.project, self.upload, &item.path)?;
        let has_sidecar = sidecar.is_some();
        if let Some(sidecar) = sidecar {
            if sidecar.reported {
                self.uncount_refusal(&item.path)?;
            }
            sheaf_store::sql::from_json::<Sidecar>(&sidecar.data)?.apply(&mut asset);
        }

        let mut old = None;
        if let Some(ordinal) = prior.and_then(|prior| prior.ordinal) {
            old = self.tx.asset(self.project, ordinal)?.filter(|old| old.fingerprint == asset.fingerprint);
            if !has_sidecar && let Some(old) = &old {
                // What a manifest said of it before stays.
                asset = NewAsset { text: asset.text, ..draft::of_stored(old)? };
            }
        }
        if let Some(reference) = &asset.reference {
            let known = self.tx.asset_by_reference(self.project, reference)?;
            let clash = match (&known, &old) {
                (Some(known), Some(old)) => known.ordinal != old.ordinal,
                _ => self.new_references.contains(reference),
            };
            if clash {
                let problem = Problem::new(
                    ProblemCode::DuplicateReference,
                    format!("another asset has the reference `{reference}`"),
                )
                .hint("give every file a reference of its own");
                return self.refuse(item, &problem, old.is_some());
            }
            old = known.or(old);
        }
        self.counts.received += 1;
        let Some(old) = old else {
            self.bytes += asset.size.unwrap_or(0);
            self.new_references.extend(asset.reference.clone());
            self.new.push(asset);
            self.new_paths.insert(item.path.clone());
            self.new_places.push((place, note.clone()));
            return Ok(self.outcome(item, FileOutcomeState::Done, None));
        };
        let state = if draft::same(&old, &asset) {
            self.counts.duplicates += 1;
            FileOutcomeState::Duplicate
        } else {
            self.counts.updated += 1;
            self.bytes += asset.size.unwrap_or(0);
            self.tx.replace_asset(self.project, old.ordinal, &asset)?;
            FileOutcomeState::Done
        };
        self.put_file(item, FileState::Done, Some(old.ordinal), None)?;
        Ok(self.outcome(item, state, Some(old.ordinal)))
    }

    /// Appends the new assets, and writes files, counts and report.
    fn write(&mut self, items: &[Item], out: &mut [Outcome]) -> Result<()> {
        let (project, upload) = (self.project, self.upload);
        let appended = self.tx.append_assets(project, upload, self.now, &std::mem::take(&mut self.new))?;
        for (ordinal, (place, note)) in (appended.first..).zip(std::mem::take(&mut self.new_places)) {
            self.put_file(&items[place], FileState::Done, Some(ordinal), None)?;
            let mut outcome = self.outcome(&items[place], FileOutcomeState::Done, Some(ordinal));
            outcome.message = note;
            out[place] = Some(Ok(outcome));
        }
        self.new_paths.clear();
        self.new_references.clear();
        self.counts.added += i64::from(appended.n);
        let first = (appended.n > 0).then_some(appended.first);
        self.tx.count_upload(project, upload, std::mem::take(&mut self.counts), self.bytes, first)?;
        self.bytes = 0;
        self.tx.add_problems(project, upload, &std::mem::take(&mut self.problems))?;
        Ok(())
    }

    fn refuse(&mut self, item: &Item, problem: &Problem, keep_file: bool) -> Result<FileOutcome> {
        self.counts.received += 1;
        self.counts.refused += 1;
        self.problems.push(problem_row(problem, Some(item.path.clone())));
        if !keep_file {
            self.put_file(item, FileState::Refused, None, Some(problem))?;
        }
        let mut outcome = self.outcome(item, FileOutcomeState::Refused, None);
        outcome.code = Some(problem.code.as_str().to_owned());
        outcome.message = Some(problem.message.clone());
        Ok(outcome)
    }

    /// A refusal that stands in the report no longer counts: the file came again.
    fn uncount_refusal(&mut self, path: &str) -> Result<()> {
        self.counts.received -= 1;
        self.counts.refused -= 1;
        Ok(self.tx.drop_problem(self.project, self.upload, path)?)
    }

    fn put_file(
        &self,
        item: &Item,
        state: FileState,
        ordinal: Option<Ordinal>,
        problem: Option<&Problem>,
    ) -> Result<(), StoreError> {
        self.tx.put_upload_file(
            self.project,
            self.upload,
            &FileRow {
                path: item.path.clone(),
                size: i64::try_from(item.size).unwrap_or(i64::MAX),
                state,
                ordinal,
                code: problem.map(|problem| problem.code.as_str().to_owned()),
                message: problem.map(|problem| problem.message.clone()),
            },
        )
    }

    fn outcome(&self, item: &Item, state: FileOutcomeState, ordinal: Option<Ordinal>) -> FileOutcome {
        FileOutcome {
            path: item.path.clone(),
            received: item.size,
            size: item.size,
            state,
            asset: ordinal.map(|ordinal| AssetId { project: self.project, ordinal }),
            code: None,
            message: None,
        }
    }
}

pub(super) fn problem_row(problem: &Problem, path: Option<String>) -> ProblemRow {
    ProblemRow {
        seq: 0,
        row: problem.row.and_then(|row| i64::try_from(row).ok()),
        path: path.or_else(|| problem.path.clone()),
        code: problem.code.as_str().to_owned(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
    }
}
