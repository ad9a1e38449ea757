//! Taking in one whole file: read it, put its content into the store, have it committed. Blocking work, off the async
//! threads, and never for more files at once than the machine has cores.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use sheaf_intake::archive::{Entry, is_zip, read_zip};
use sheaf_intake::{Problem, ProblemCode, media};
use sheaf_model::{Media, ProjectId, UploadId};
use sheaf_store::StoreError;
use sheaf_store::library::NewAsset;
use tokio::sync::oneshot;

use crate::uploads::draft;
use crate::uploads::receive::{FileOutcome, FileOutcomeState};
use crate::uploads::settle::{Found, Item};
use crate::{Access, Actor, App, Error, Result};

/// Entries of an archive that may wait for the committer.
const ENTRIES_WAITING: usize = 512;

/// Where a file belongs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) project: ProjectId,
    pub(super) upload: UploadId,
    pub(super) media: Media,
    /// See [`Item::of_job`].
    pub(super) of_job: bool,
}

/// Takes in a file that lies at `file`; what is left of it there is the caller's to remove. What became of it is known when
/// it is durable.
pub(super) fn take_in(app: &App, to: Target, path: &str, file: &Path, size: u64) -> Result<Outcome> {
    if is_zip(file).map_err(|error| StoreError::file(file, error))? {
        return take_in_archive(app, to, path, file, size);
    }
    let found = {
        let _reading = app.uploads().committer.reading();
        read(app, to, path, file, false)?
    };
    commit(app, to, path, size, found)
}

/// Has a refusal written that needs no reading.
pub(super) fn refuse(app: &App, to: Target, path: &str, size: u64, problem: Problem) -> Result<Outcome> {
    commit(app, to, path, size, Found::Refused(problem))
}

pub(super) type Outcome = oneshot::Receiver<Result<FileOutcome>>;

fn commit(app: &App, to: Target, path: &str, size: u64, found: Found) -> Result<Outcome> {
    let Target { project, upload, of_job, .. } = to;
    let item = Item { project, upload, path: path.to_owned(), size, found, of_job };
    app.uploads().committer.send(item)
}

pub(super) fn wait(outcome: Outcome) -> Result<FileOutcome> {
    outcome.blocking_recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
}

/// Reads a file that is no archive, and stores its content.
fn read(app: &App, to: Target, path: &str, file: &Path, keep: bool) -> Result<Found> {
    let media = match media::read_file(path, file, &app.uploads().limits) {
        Ok(media) => media,
        Err(sheaf_intake::Error::Refused(problem)) => return Ok(Found::Refused(problem)),
        Err(sheaf_intake::Error::Io(error)) => return Err(StoreError::file(file, error).into()),
    };
    if let Some(problem) = draft::wrong_kind(to.media, media.kind) {
        return Ok(Found::Refused(problem));
    }
    let note = (!media.notes.is_empty()).then(|| media.notes.join("; "));
    let asset = draft::store_file(app.store().blobs(), path, file, keep, media)?;
    Ok(Found::Asset { asset: Box::new(asset), note })
}

/// Reads a file that is no archive as an asset of a project of this media, and stores its content; or why it is none. The file
/// may be moved away.
pub(crate) fn read_asset(
    app: &App,
    media: Media,
    name: &str,
    file: &Path,
) -> Result<std::result::Result<NewAsset, String>> {
    // Neither the project nor the upload is looked at.
    let to = Target { project: ProjectId(0), upload: UploadId(0), media, of_job: false };
    Ok(match read(app, to, name, file, false)? {
        Found::Asset { asset, .. } => Ok(*asset),
        Found::Refused(problem) => Err(problem.message),
        Found::Archive { .. } => Err("it is an archive".to_owned()),
    })
}

/// An error on the way through an archive.
enum Stop {
    App(Error),
    Intake(sheaf_intake::Error),
}

impl From<sheaf_intake::Error> for Stop {
    fn from(error: sheaf_intake::Error) -> Self {
        Self::Intake(error)
    }
}

fn take_in_archive(app: &App, to: Target, path: &str, file: &Path, size: u64) -> Result<Outcome> {
    let scratch = app.store().blobs().temporary();
    std::fs::create_dir_all(&scratch).map_err(|error| StoreError::file(&scratch, error))?;
    let mut waiting: VecDeque<Outcome> = VecDeque::new();
    let mut tally = Tally::default();
    let read = read_zip(file, &scratch, &app.uploads().limits, |entry| {
        let (inner, inner_size, found) = match entry {
            Entry::File { path: inner, file, size } => {
                let full = format!("{path}/{inner}");
                let found = read(app, to, &full, &file, false).map_err(Stop::App)?;
                (full, size, found)
            }
            Entry::Refused(problem) => {
                let inner = problem.path.clone().unwrap_or_else(|| format!("({})", problem.code));
                (format!("{path}/{inner}"), 0, Found::Refused(problem))
            }
        };
        waiting.push_back(commit(app, to, &inner, inner_size, found).map_err(Stop::App)?);
        if waiting.len() > ENTRIES_WAITING
            && let Some(oldest) = waiting.pop_front()
        {
            tally.add(&wait(oldest).map_err(Stop::App)?);
        }
        Ok(())
    });
    if let Err(error) = std::fs::remove_dir_all(&scratch) {
        tracing::warn!(folder = %scratch.display(), %error, "the scratch of an archive could not be removed");
    }
    for outcome in waiting {
        tally.add(&wait(outcome)?);
    }
    let found = match read {
        Ok(_) if tally.is_empty() => {
            Found::Refused(Problem::new(ProblemCode::Empty, "the archive has no files"))
        }
        Ok(_) => Found::Archive { note: Some(tally.sentence()) },
        Err(Stop::Intake(sheaf_intake::Error::Refused(problem))) => Found::Refused(problem),
        Err(Stop::Intake(sheaf_intake::Error::Io(error))) => return Err(StoreError::file(file, error).into()),
        Err(Stop::App(error)) => return Err(error),
    };
    commit(app, to, path, size, found)
}

/// What became of an archive's entries.
#[derive(Default)]
struct Tally {
    done: u64,
    duplicates: u64,
    refused: u64,
}

impl Tally {
    fn add(&mut self, outcome: &FileOutcome) {
        *match outcome.state {
            FileOutcomeState::Refused => &mut self.refused,
            FileOutcomeState::Duplicate => &mut self.duplicates,
            FileOutcomeState::Done | FileOutcomeState::Partial => &mut self.done,
        } += 1;
    }
    fn is_empty(&self) -> bool {
        self.done + self.duplicates + self.refused == 0
    }
    fn sentence(&self) -> String {
        format!("{} files, {} there before, {} refused", self.done, self.duplicates, self.refused)
    }
}

/// Takes in files that lie on this machine, without sending them to the server; they stay where they are. `path` is the
/// path in the upload. `progress` hears of every file as soon as it is durable. For the demo and for tests.
pub fn add_local_files(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    files: &[(String, PathBuf)],
    progress: &(dyn Fn(&FileOutcome) + Sync),
) -> Result<()> {
    let media =
        app.store().read_blocking(|tx| Ok::<_, Error>(Access::manager(tx, actor, project)?.project.media))?;
    let to = Target { project, upload, media, of_job: false };
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        let mut waiting = VecDeque::new();
        while let Some((path, file)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let size = file.metadata().map_err(|error| StoreError::file(file, error))?.len();
            let found = {
                let _reading = app.uploads().committer.reading();
                read(app, to, path, file, true)?
            };
            waiting.push_back(commit(app, to, path, size, found)?);
            if waiting.len() > ENTRIES_WAITING
                && let Some(oldest) = waiting.pop_front()
            {
                progress(&wait(oldest)?);
            }
        }
        for outcome in waiting {
            progress(&wait(outcome)?);
        }
        Ok(())
    };
    on_every_core(work)
}

/// Runs the same work on a thread for each core, until all of them have ended.
pub(super) fn on_every_core(work: impl Fn() -> Result<()> + Copy + Send) -> Result<()> {
    std::thread::scope(|scope| {
        let n = std::thread::available_parallelism().map_or(2, usize::from);
        let threads: Vec<_> = (0..n).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().map_err(|_| Error::internal("reading a file failed unexpectedly"))??;
        }
        Ok(())
    })
}
