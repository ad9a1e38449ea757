//! The job of an update: a thread that walks its assets or its file in windows, each sorted by asset and written in slices.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use roaring::RoaringBitmap;
use serde_json::{Map, Value};
use sheaf_intake::manifest::{Patch, PatchPlan, Patches, patches};
use sheaf_intake::{Error as IntakeError, Problem};
use sheaf_model::{MetadataUpdateState, ProjectId};
use sheaf_store::StoreError;

use crate::metadata_updates::apply::apply;
use crate::metadata_updates::desk::Running;
use crate::metadata_updates::resolve::{Entry, resolve};
use crate::metadata_updates::start::checked_patch;
use crate::uploads::Temporary;
use crate::{App, Error, Result};

/// Rows of a file that are held at once: scattered rows are sorted by asset among them.
const WINDOW_ROWS: usize = 100_000;
/// Bytes of rows after which a window is closed early.
const WINDOW_BYTES: usize = 32 << 20;
/// Assets of a set that are handed to a transaction; it takes as many as it has time for.
const ASSETS_AT_ONCE: usize = 16_384;

/// What an update works through.
pub(super) enum Work {
    /// A patch a row. The file goes away with the job.
    File(Temporary, PatchPlan),
    /// One patch for all of them, and what of a list was not found.
    Set(RoaringBitmap, Map<String, Value>, Vec<Problem>),
}

/// Begins to work on an update whose row is written.
pub(super) fn start(app: &App, project: ProjectId, running: Running, work: Work) -> Result<()> {
    let app = app.clone();
    let job = Job { app, project, running };
    let spawned = std::thread::Builder::new().name("sheaf-metadata".into()).spawn(move || {
        let _at_work = job.app.store().at_job(project, job.running.id.0);
        // A panic must not leave an update that never ends.
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.run(work)));
        let ended = match ran {
            Ok(Ok(true)) => job.end(MetadataUpdateState::Done, None),
            // Cancelled, or the process is about to end.
            Ok(Ok(false)) => job.leave(),
            Ok(Err(error)) => {
                tracing::error!(project = %job.project, id = %job.running.id, ?error, "an update of metadata failed");
                job.end(MetadataUpdateState::Failed, Some(format!("{error}; what was done is kept, send it again")))
            }
            Err(_) => job.end(
                MetadataUpdateState::Failed,
                Some("it failed inside; what was done is kept, send it again".to_owned()),
            ),
        };
        if let Err(error) = ended {
            tracing::error!(id = %job.running.id, ?error, "the end of an update could not be written");
        }
    });
    match spawned {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::internal(format!("cannot start a job: {error}"))),
    }
}

struct Job {
    app: App,
    project: ProjectId,
    running: Running,
}

impl Job {
    /// Whether it came to its end; `false`: it was stopped.
    fn run(&self, work: Work) -> Result<bool> {
        match work {
            Work::Set(set, patch, refused) => self.run_set(&set, patch, refused),
            Work::File(file, plan) => self.run_file(&file, &plan),
        }
    }

    fn run_set(
        &self,
        set: &RoaringBitmap,
        patch: Map<String, Value>,
        mut refused: Vec<Problem>,
    ) -> Result<bool> {
        let patch = Arc::new(patch);
        let mut assets = set.iter();
        loop {
            let entries: Vec<Entry> = assets
                .by_ref()
                .take(ASSETS_AT_ONCE)
                .map(|ordinal| Entry { ordinal, row: None, reference: None, patch: patch.clone() })
                .collect();
            if entries.is_empty() && refused.is_empty() {
                return Ok(true);
            }
            if !self.write(entries, std::mem::take(&mut refused))? {
                return Ok(false);
            }
        }
    }

    fn run_file(&self, file: &Temporary, plan: &PatchPlan) -> Result<bool> {
        let lost = |error| StoreError::file(file.path(), error);
        let reader = BufReader::new(File::open(file.path()).map_err(lost)?);
        let mut rows = match patches(reader, plan, &self.app.uploads().limits) {
            Ok(rows) => rows,
            Err(IntakeError::Io(error)) => return Err(lost(error).into()),
            Err(IntakeError::Refused(problem)) => return Err(Error::invalid("bad_update", problem.message)),
        };
        loop {
            let (window, mut refused) = window(&mut rows).map_err(lost)?;
            if window.is_empty() && refused.is_empty() {
                return Ok(true);
            }
            if self.running.stopped() {
                return Ok(false);
            }
            let (entries, unknown) =
                self.app.store().read_blocking(|tx| resolve(tx, self.project, window))?;
            refused.extend(unknown);
            refused.sort_by_key(|problem| problem.row);
            if !self.write(entries, refused)? {
                return Ok(false);
            }
        }
    }

    /// Writes entries, sorted by asset, in as many slices as they need; `false`: it was stopped.
    fn write(&self, entries: Vec<Entry>, refused: Vec<Problem>) -> Result<bool> {
        let (project, id) = (self.project, self.running.id);
        let entries = Arc::new(entries);
        let (mut done, mut refused) = (0, refused);
        loop {
            if self.running.stopped() {
                return Ok(false);
            }
            let (all, before) = (entries.clone(), std::mem::take(&mut refused));
            let slice = self.app.store().write_blocking_in(project, move |tx| {
                if !tx.holds_job(project, id.0)? {
                    return Err(Error::conflict("job_ended", "the update is no longer this node's"));
                }
                apply(tx, project, id, &all[done..], &before)
            });
            match slice {
                Ok(n) => done += n,
                Err(Error::Conflict { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
            if done >= entries.len() {
                return Ok(true);
            }
        }
    }

    /// Nobody is at it any more.
    fn leave(&self) -> Result<()> {
        let (project, id) = (self.project, self.running.id);
        Ok(self.app.store().write_blocking_in(project, move |tx| tx.end_job(project, id.0))?)
    }

    fn end(&self, state: MetadataUpdateState, message: Option<String>) -> Result<()> {
        let (project, id, now) = (self.project, self.running.id, self.app.now());
        self.app.store().write_blocking_in(project, move |tx| {
            if tx.holds_job(project, id.0)? {
                tx.end_metadata_update(project, id, state, message.as_deref(), now)?;
                tx.end_job(project, id.0)?;
            }
            Ok(())
        })
    }
}

/// The next rows of a file, good and bad; both empty at its end.
fn window(rows: &mut Patches<BufReader<File>>) -> std::io::Result<(Vec<Patch>, Vec<Problem>)> {
    let (mut good, mut bad, mut bytes) = (Vec::new(), Vec::new(), 0);
    while good.len() + bad.len() < WINDOW_ROWS && bytes < WINDOW_BYTES {
        match rows.next() {
            None => break,
            Some(Ok(patch)) => {
                bytes += patch.bytes;
                match checked_patch(&patch.metadata) {
                    Ok(()) => good.push(patch),
                    Err(problem) => bad.push(problem.at_row(patch.row)),
                }
            }
            Some(Err(IntakeError::Refused(problem))) => bad.push(problem),
            Some(Err(IntakeError::Io(error))) => return Err(error),
        }
    }
    Ok((good, bad))
}
