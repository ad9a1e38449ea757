//! The job that reads a committed manifest: one thread parses, the other writes groups of rows, each group in one
//! transaction with its counts, its problems and how far the reading has come. So a job that is killed goes on after the
//! last group that was written, and nothing is added or counted twice.

use std::collections::HashSet;
use std::fs::File;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{BufReader, Read};
use std::sync::mpsc::{SyncSender, sync_channel};

use serde_json::{Map, Value};
use sheaf_intake::manifest::{RowContent, Rows, rows};
use sheaf_intake::{Limits, Problem, ProblemCode};
use sheaf_model::upload::UploadCounts;
use sheaf_model::{Media, Millis, ProjectId, UploadId, UploadState};
use sheaf_store::library::NewAsset;
use sheaf_store::sql::to_json;
use sheaf_store::upload_problems::ProblemRow;
use sheaf_store::upload_sidecars::SidecarRow;
use sheaf_store::{StoreError, Tx};

use crate::uploads::desk::Job;
use crate::uploads::draft;
use crate::uploads::incoming::incoming;
use crate::uploads::manifest::ManifestState;
use crate::uploads::settle::{Sidecar, problem_row};
use crate::uploads::{JobState, open_upload, sync};
use crate::{App, Error, Result};

/// Rows of one transaction: few enough that a claim that waits behind it does not notice.
const GROUP_ROWS: usize = 5_000;
/// Bytes of texts and metadata after which a group is closed early.
const GROUP_BYTES: usize = 4 << 20;
const BUFFER_BYTES: usize = 1 << 20;
/// Groups that the parser may be ahead.
const GROUPS_AHEAD: usize = 2;

/// Begins to read the manifest of an upload, unless a thread is at it.
pub(super) fn start(app: &App, project: ProjectId, upload: UploadId) -> Result<()> {
    let Some(job) = app.uploads().begin_job(upload) else { return Ok(()) };
    let (thread_app, thread_job) = (app.clone(), job.clone());
    let spawned = std::thread::Builder::new().name("sheaf-manifest".into()).spawn(move || {
        let _at_work = thread_app.store().at_job(project, upload.0);
        // A panic must not leave a job that never ends.
        let work = std::panic::AssertUnwindSafe(|| run(&thread_app, project, upload, &thread_job));
        let failure = match std::panic::catch_unwind(work) {
            Ok(Ok(())) => None,
            // Where nodes look for jobs that nobody is at, it is gone on with; see `resume_left`.
            Ok(Err(error)) if error.passes() && thread_app.store().is_shared() => {
                thread_job.end(Some(format!("{error}; it goes on by itself")));
                return;
            }
            Ok(Err(error)) => {
                tracing::error!(%project, %upload, error = ?error, "reading a manifest failed");
                Some(format!("{error}; commit the manifest again to go on"))
            }
            Err(_) => Some("reading failed inside; commit the manifest again to go on".to_owned()),
        };
        let left = failure.is_none() && thread_job.stopped();
        let ended = thread_app.store().write_blocking_in(project, move |tx| {
            if left { tx.leave_job(project, upload.0) } else { tx.end_job(project, upload.0) }
        });
        if let Err(error) = ended {
            tracing::warn!(%project, %upload, %error, "the end of a manifest's job could not be written");
        }
        thread_job.end(failure);
    });
    if let Err(error) = spawned {
        job.end(Some("the job could not be started".to_owned()));
        return Err(Error::internal(format!("cannot start a job: {error}")));
    }
    Ok(())
}

/// Goes on with the manifests and syncs whose reading was begun and that no node is at; for a node that lives on when another dies.
pub fn resume_left(app: &App) -> Result<()> {
    for (project, job) in app.store().read_blocking(|tx| tx.jobs_left())? {
        let upload = UploadId(job);
        if app.store().read_blocking(|tx| sync::to_be_looked_through(tx, project, upload))? {
            tracing::info!(%project, %upload, "going on with a sync that another node began");
            sync::start(app, project, upload)?;
        } else if !to_be_read(app, project, upload)? {
            // Of an update of metadata, which is not gone on with; or of what was cancelled.
            app.store().write_blocking_in(project, move |tx| {
                if tx.take_job(project, job)? { tx.end_job(project, job) } else { Ok(()) }
            })?;
        } else if incoming(app.store(), upload).plan()?.is_some() {
            // A node that does not share the folder, where it is one, cannot go on with it.
            tracing::info!(%project, %upload, "going on with a manifest that another node began");
            start(app, project, upload)?;
        }
    }
    Ok(())
}

/// Goes on with every manifest and sync whose reading was interrupted; called once when the process starts.
pub fn resume_interrupted(app: &App) -> Result<()> {
    for (project, upload) in app.store().read_blocking(|tx| tx.uploads_with_manifest())? {
        if app.store().read_blocking(|tx| tx.jobs_at_work(project))?.contains(&upload.0) {
            continue;
        }
        if to_be_read(app, project, upload)? {
            tracing::info!(%project, %upload, "going on with an interrupted manifest");
            start(app, project, upload)?;
        }
    }
    for (project, upload) in app.store().read_blocking(|tx| tx.bucket_syncs_running())? {
        if !app.store().read_blocking(|tx| tx.jobs_at_work(project))?.contains(&upload.0) {
            tracing::info!(%project, %upload, "going on with an interrupted sync");
            sync::start(app, project, upload)?;
        }
    }
    Ok(())
}

/// Whether an upload has a manifest that was not read to its end.
fn to_be_read(app: &App, project: ProjectId, upload: UploadId) -> Result<bool> {
    let row = app.store().read_blocking(|tx| tx.upload(project, upload))?;
    let state = row.as_ref().map(ManifestState::of).transpose()?.flatten();
    Ok(state.is_some_and(|manifest| manifest.state == JobState::Running))
}

fn run(app: &App, project: ProjectId, upload: UploadId, job: &Job) -> Result<()> {
    if !app.store().write_blocking_in(project, move |tx| tx.take_job(project, upload.0))? {
        return Ok(());
    }
    let (media, manifest, seen) = app.store().read_blocking(|tx| {
        let row = tx.upload(project, upload)?.ok_or(Error::not_found("upload"))?;
        let manifest = ManifestState::of(&row)?;
        let media = tx.project(project)?.ok_or(Error::not_found("project"))?.media;
        let mut seen = Fingerprints::default();
        if let Some(first) = row.first_ordinal {
            tx.each_upload_fingerprint(project, upload, first, |fingerprint| {
                seen.insert(fingerprint);
            })?;
        }
        Ok::<_, Error>((media, manifest, seen))
    })?;
    let Some(manifest) = manifest.filter(|manifest| manifest.state == JobState::Running) else {
        return Ok(());
    };
    let incoming = incoming(app.store(), upload);
    let text = incoming.manifest()?;
    let failed = |error| StoreError::file(text.path(), error);
    let file = BufReader::with_capacity(BUFFER_BYTES, File::open(text.path()).map_err(failed)?);
    let rows = match rows(file, &manifest.plan, &app.uploads().limits) {
        Ok(rows) => rows,
        Err(sheaf_intake::Error::Io(error)) => return Err(failed(error).into()),
        Err(sheaf_intake::Error::Refused(problem)) => {
            return end(app, project, upload, JobState::Failed, Some(problem.message));
        }
    };
    let mut parser =
        Parser { media, seen, references: Fingerprints::default(), limits: app.uploads().limits.clone() };
    let (groups, parsed) = sync_channel(GROUPS_AHEAD);
    let complete = std::thread::scope(|scope| {
        let parsing = scope.spawn(|| parser.run(rows, manifest.done, groups));
        for group in parsed {
            if job.stopped() {
                return Ok(false);
            }
            let clock = app.clone();
            let written = app
                .store()
                .write_blocking_in(project, move |tx| write_group(tx, project, upload, clock.now(), group));
            match written {
                Ok(()) => {}
                Err(Error::Conflict { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        let parsed = parsing.join().map_err(|_| Error::internal("the parser of a manifest failed"))?;
        parsed.map_err(failed)?;
        Ok(true)
    })?;
    if complete {
        end(app, project, upload, JobState::Done, None)?;
        incoming.unstage()?;
    }
    Ok(())
}

fn end(
    app: &App,
    project: ProjectId,
    upload: UploadId,
    state: JobState,
    message: Option<String>,
) -> Result<()> {
    app.store().write_blocking_in(project, move |tx| {
        let row = tx.upload(project, upload)?.ok_or(Error::not_found("upload"))?;
        if !tx.holds_job(project, upload.0)? {
            return Ok(());
        }
        if let Some(mut manifest) = ManifestState::of(&row)?
            && row.state == UploadState::Open
        {
            manifest.state = state;
            manifest.message = message;
            manifest.store(tx, project, upload)?;
            tx.end_job(project, upload.0)?;
        }
        Ok(())
    })
}

/// Rows that are written in one transaction.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
    /// Rows of the manifest that are in it, refused ones and duplicates too.
    rows: u64,
    bytes: usize,
    duplicates: i64,
}

enum Entry {
    /// Has no reference and was not seen before.
    New(NewAsset),
    /// May be there already, by its reference.
    Keyed(NewAsset),
    /// Describes a file of the upload.
    File {
        path: String,
        row: u64,
        sidecar: Sidecar,
    },
    /// Describes an asset that must be there already.
    Metadata {
        reference: String,
        row: u64,
        metadata: Map<String, Value>,
    },
    Refused(Problem),
}

struct Parser {
    media: Media,
    /// Fingerprints of the upload's assets.
    seen: Fingerprints,
    /// Hashes of the references in this manifest.
    references: Fingerprints,
    limits: Limits,
}

impl Parser {
    /// Parses every row and sends them on in groups, without the first `skip`, which are written already.
    fn run<R: Read>(&mut self, rows: Rows<R>, skip: u64, groups: SyncSender<Group>) -> std::io::Result<()> {
        let mut group = Group::default();
        for (n, step) in (0_u64..).zip(rows) {
            let parsed = match step {
                Ok(row) => self.entry(row, n < skip),
                Err(sheaf_intake::Error::Refused(problem)) => Some(Entry::Refused(problem)),
                Err(sheaf_intake::Error::Io(error)) => return Err(error),
            };
            if n < skip {
                continue;
            }
            group.rows += 1;
            match parsed {
                Some(entry) => {
                    group.bytes += entry.bytes();
                    group.entries.push(entry);
                }
                None => group.duplicates += 1,
            }
            if group.rows as usize >= GROUP_ROWS || group.bytes >= GROUP_BYTES {
                // The writer went away: it was told to stop, or says itself why.
                if groups.send(std::mem::take(&mut group)).is_err() {
                    return Ok(());
                }
            }
        }
        if group.rows > 0 {
            drop(groups.send(group));
        }
        Ok(())
    }

    /// What to do with a row; `None`: it is there already.
    fn entry(&mut self, row: sheaf_intake::manifest::Row, skipped: bool) -> Option<Entry> {
        let number = row.row;
        if let Some(reference) = &row.reference
            && !self.references.insert(hash(reference))
        {
            let message = format!("the reference `{reference}` stands in an earlier row");
            let problem = Problem::new(ProblemCode::DuplicateReference, message)
                .hint("give every row a reference of its own")
                .at_row(number);
            return Some(Entry::Refused(problem));
        }
        if skipped {
            return None;
        }
        match row.content {
            RowContent::File(path) => {
                let sidecar = Sidecar { name: row.name, reference: row.reference, metadata: row.metadata };
                return Some(Entry::File { path, row: number, sidecar });
            }
            RowContent::None => {
                let entry = match row.reference {
                    Some(reference) => Entry::Metadata { reference, row: number, metadata: row.metadata },
                    None => Entry::Refused(
                        Problem::new(ProblemCode::MissingContent, "the row has no content").at_row(number),
                    ),
                };
                return Some(entry);
            }
            RowContent::Text(_) | RowContent::Url(_) => {}
        }
        if let RowContent::Text(text) = &row.content
            && text.len() as u64 > self.limits.text_bytes_max
        {
            return Some(Entry::Refused(
                Problem::new(ProblemCode::TooLarge, "the text is too large").at_row(number),
            ));
        }
        match draft::of_row(self.media, row) {
            Ok(asset) if asset.reference.is_some() => Some(Entry::Keyed(asset)),
            Ok(asset) => self.seen.insert(asset.fingerprint.cast_unsigned()).then_some(Entry::New(asset)),
            Err(problem) => Some(Entry::Refused(problem.at_row(number))),
        }
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::New(asset) | Self::Keyed(asset) => {
                asset.text.as_ref().map_or(0, String::len) + asset.metadata.len()
            }
            _ => 0,
        }
    }
}

fn write_group(tx: &Tx<'_>, project: ProjectId, upload: UploadId, now: Millis, group: Group) -> Result<()> {
    let row = open_upload(tx, project, upload)?;
    let ended = || Error::conflict("job_ended", "the manifest is no longer being read");
    let mut manifest =
        ManifestState::of(&row)?.filter(|manifest| manifest.state == JobState::Running).ok_or_else(ended)?;
    // Another node may have taken it, when this one was cut off for a while.
    if !tx.holds_job(project, upload.0)? {
        return Err(ended());
    }
    manifest.done += group.rows;
    manifest.store(tx, project, upload)?;

    let mut writing =
        Writing { tx, project, upload, new: Vec::new(), tally: Tally::default(), problems: Vec::new() };
    writing.tally.counts.duplicates = group.duplicates;
    writing.tally.counts.received = group.duplicates;
    for entry in group.entries {
        writing.entry(entry)?;
    }
    let Writing { new, mut tally, problems, .. } = writing;
    let appended = tx.append_assets(project, upload, now, &new)?;
    tally.counts.added += i64::from(appended.n);
    let first = (appended.n > 0).then_some(appended.first);
    tx.count_upload(project, upload, tally.counts, tally.bytes, first)?;
    tx.add_problems(project, upload, &problems)?;
    Ok(())
}

#[derive(Default)]
struct Tally {
    counts: UploadCounts,
    bytes: i64,
}

/// A group that is being written.
struct Writing<'t, 'c> {
    tx: &'t Tx<'c>,
    project: ProjectId,
    upload: UploadId,
    new: Vec<NewAsset>,
    tally: Tally,
    problems: Vec<ProblemRow>,
}

impl Writing<'_, '_> {
    fn entry(&mut self, entry: Entry) -> Result<()> {
        match entry {
            Entry::New(asset) => self.append(asset),
            Entry::Keyed(asset) => {
                let reference = asset.reference.as_deref().unwrap_or_default();
                match self.tx.asset_by_reference(self.project, reference)? {
                    None => self.append(asset),
                    Some(old) => {
                        self.tally.counts.received += 1;
                        self.replace(&old, &asset)?;
                    }
                }
            }
            Entry::Metadata { reference, row, metadata } => {
                let Some(old) = self.tx.asset_by_reference(self.project, &reference)? else {
                    let message =
                        format!("the row has no content, and no asset has the reference `{reference}`");
                    self.refuse(&Problem::new(ProblemCode::MissingContent, message).at_row(row));
                    return Ok(());
                };
                let mut asset = draft::of_stored(&old)?;
                asset.metadata = draft::merged_metadata(&old.metadata, metadata)?;
                self.tally.counts.received += 1;
                self.replace(&old, &asset)?;
            }
            Entry::File { path, row, sidecar } => self.describe_file(&path, row, sidecar)?,
            Entry::Refused(problem) => self.refuse(&problem),
        }
        Ok(())
    }

    fn append(&mut self, asset: NewAsset) {
        self.tally.counts.received += 1;
        self.tally.bytes += asset.text.as_ref().map_or(0, |text| text.len() as i64);
        self.new.push(asset);
    }

    fn replace(&mut self, old: &sheaf_store::library::AssetRow, asset: &NewAsset) -> Result<()> {
        if draft::same(old, asset) {
            self.tally.counts.duplicates += 1;
        } else {
            self.tally.counts.updated += 1;
            self.tx.replace_asset(self.project, old.ordinal, asset)?;
        }
        Ok(())
    }

    /// A file that came before is changed; for one that has not come yet, the row is kept.
    fn describe_file(&mut self, path: &str, row: u64, sidecar: Sidecar) -> Result<()> {
        let ordinal = self.tx.upload_file(self.project, self.upload, path)?.and_then(|file| file.ordinal);
        let old = match ordinal {
            Some(ordinal) => self.tx.asset(self.project, ordinal)?,
            None => None,
        };
        let Some(old) = old else {
            let waiting = SidecarRow {
                path: path.to_owned(),
                row: i64::try_from(row).unwrap_or(i64::MAX),
                reported: false,
                data: to_json(&sidecar)?,
            };
            self.tx.put_sidecar(self.project, self.upload, &waiting)?;
            return Ok(());
        };
        if let Some(reference) = &sidecar.reference
            && self
                .tx
                .asset_by_reference(self.project, reference)?
                .is_some_and(|other| other.ordinal != old.ordinal)
        {
            let message = format!("another asset has the reference `{reference}`");
            let problem = Problem::new(ProblemCode::DuplicateReference, message)
                .hint("commit the manifest before its files are sent, to update assets by their reference")
                .at_row(row)
                .at_path(path);
            self.refuse(&problem);
            return Ok(());
        }
        let mut asset = draft::of_stored(&old)?;
        sidecar.apply(&mut asset);
        if !draft::same(&old, &asset) {
            self.tally.counts.received += 1;
            self.tally.counts.updated += 1;
            self.tx.replace_asset(self.project, old.ordinal, &asset)?;
        }
        Ok(())
    }

    fn refuse(&mut self, problem: &Problem) {
        self.tally.counts.received += 1;
        self.tally.counts.refused += 1;
        self.problems.push(problem_row(problem, None));
    }
}

/// Numbers that are hashes already.
#[derive(Default)]
struct Fingerprints(HashSet<u64, BuildHasherDefault<AsIs>>);

impl Fingerprints {
    /// Whether it is new.
    fn insert(&mut self, fingerprint: u64) -> bool {
        self.0.insert(fingerprint)
    }
}

#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Of a reference; a clash of two different ones among ten million has a chance of one in 400,000.
fn hash(text: &str) -> u64 {
    use std::hash::{BuildHasher, RandomState};
    use std::sync::LazyLock;
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    STATE.hash_one(text)
}
