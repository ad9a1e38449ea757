//! The manifest of an upload: staged as a file, looked at, and committed, which starts the job that reads it.

use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};
use sheaf_intake::manifest::{ColumnPlan, Plan, Preview, preview};
use sheaf_model::{Problem, ProjectId, UploadId};
use sheaf_store::sql::{from_json, to_json};
use sheaf_store::uploads::UploadRow;
use sheaf_store::{StoreError, Tx};

use crate::uploads::desk::ReceivingGuard;
use crate::uploads::incoming::{Incoming, Temporary, incoming};
use crate::uploads::receive::blocking;
use crate::uploads::{JobState, Upload, job, open_upload};
use crate::{Access, Actor, App, Error, Result};

const BUFFER_BYTES: usize = 1 << 20;

/// The manifest that an upload reads or has read; a column of the upload's row, written together with the rows that it
/// counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ManifestState {
    pub(super) filename: String,
    pub(super) plan: Plan,
    pub(super) state: JobState,
    /// Rows that are read and durable.
    pub(super) done: u64,
    pub(super) total: u64,
    pub(super) message: Option<String>,
}

impl ManifestState {
    pub(super) fn of(row: &UploadRow) -> Result<Option<Self>, StoreError> {
        row.manifest.as_deref().map(from_json).transpose()
    }
    pub(super) fn store(&self, tx: &Tx<'_>, project: ProjectId, id: UploadId) -> Result<(), StoreError> {
        tx.set_upload_manifest(project, id, Some(&to_json(self)?))
    }
}

/// What lies beside a staged manifest.
#[derive(Debug, Serialize, Deserialize)]
struct Staged {
    filename: String,
    plan: Plan,
    rows: u64,
}

/// A manifest that is being received.
pub struct Staging {
    app: App,
    project: ProjectId,
    upload: UploadId,
    filename: String,
    file: File,
    temporary: Temporary,
    buffer: Vec<u8>,
    guard: ReceivingGuard,
}

/// Begins to receive a manifest; it replaces one that was staged before.
pub async fn stage_manifest(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    filename: String,
) -> Result<Staging> {
    let (app, actor) = (app.clone(), actor.clone());
    blocking(move || {
        app.store().read_blocking(|tx| {
            Access::manager(tx, &actor, project)?;
            open_upload(tx, project, upload)?;
            not_running(tx, &app, project, upload)
        })?;
        let guard = app.uploads().receiving(upload, "")?;
        let temporary = Temporary::new(app.store().blobs().temporary());
        let file =
            File::create(temporary.path()).map_err(|error| StoreError::file(temporary.path(), error))?;
        Ok(Staging { app, project, upload, filename, file, temporary, buffer: Vec::new(), guard })
    })
    .await
}

impl Staging {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let bytes = std::mem::take(&mut self.buffer);
        let mut file =
            self.file.try_clone().map_err(|error| StoreError::file(self.temporary.path(), error))?;
        let wrote = blocking(move || Ok(file.write_all(&bytes))).await?;
        Ok(wrote.map_err(|error| StoreError::file(self.temporary.path(), error))?)
    }

    /// Reads the manifest through once and stages it. A file that is no manifest is an error and is not kept.
    pub async fn finish(mut self) -> Result<Preview> {
        self.flush().await?;
        blocking(move || {
            let Self {
                app,
                project: upload_project,
                upload,
                filename,
                file: written,
                temporary,
                guard: _guard,
                ..
            } = self;
            drop(written);
            let file =
                File::open(temporary.path()).map_err(|error| StoreError::file(temporary.path(), error))?;
            let found = match preview(file, &filename, &app.uploads().limits) {
                Ok(found) => found,
                Err(error) => return Err(unreadable(error, temporary.path())),
            };
            app.store().read_blocking(|tx| not_running(tx, &app, upload_project, upload))?;
            abandon(&app, upload_project, upload)?;
            let staged = Staged { filename, plan: found.plan(), rows: found.rows + found.n_problems };
            incoming(app.store(), upload).stage(temporary, &to_json(&staged)?)?;
            Ok(found)
        })
        .await
    }
}

fn unreadable(error: sheaf_intake::Error, path: &std::path::Path) -> Error {
    match error {
        sheaf_intake::Error::Io(error) => StoreError::file(path, error).into(),
        sheaf_intake::Error::Refused(problem) => Error::Invalid {
            code: "bad_manifest",
            message: problem.message.clone(),
            hint: problem.hint,
            problems: vec![Problem::new("manifest", problem.message)],
        },
    }
}

/// Drops the staged manifest; nothing happens when there is none.
pub async fn drop_manifest(app: &App, actor: &Actor, project: ProjectId, upload: UploadId) -> Result<()> {
    let (app, actor) = (app.clone(), actor.clone());
    blocking(move || {
        app.store().read_blocking(|tx| {
            Access::manager(tx, &actor, project)?;
            not_running(tx, &app, project, upload)?;
            open_upload(tx, project, upload)
        })?;
        abandon(&app, project, upload)?;
        incoming(app.store(), upload).unstage()
    })
    .await
}

/// Begins to read the staged manifest, with the user's corrections to its columns. A reading that was interrupted goes
/// on where it stopped.
pub async fn commit_manifest(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    columns: Vec<ColumnPlan>,
) -> Result<Upload> {
    let (by, actor) = (app.clone(), actor.clone());
    let app = app.clone();
    let row = blocking(move || {
        let staged = staged(&*incoming(by.store(), upload))?;
        let desk = by.clone();
        by.store().write_blocking_in(project, move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = open_upload(tx, project, upload)?;
            let running =
                ManifestState::of(&row)?.is_some_and(|manifest| manifest.state == JobState::Running);
            if !running {
                not_running(tx, &desk, project, upload)?;
                let staged = staged.ok_or_else(|| {
                    Error::conflict("no_manifest", "no manifest is staged").hint("send one first")
                })?;
                let plan = staged.plan.with(&columns).map_err(|error| {
                    Error::problems("invalid", vec![Problem::new("columns", error.to_string())])
                })?;
                ManifestState {
                    filename: staged.filename,
                    plan,
                    state: JobState::Running,
                    done: 0,
                    total: staged.rows,
                    message: None,
                }
                .store(tx, project, upload)?;
            }
            tx.upload(project, upload)?.ok_or(Error::not_found("upload"))
        })
    })
    .await?;
    job::start(&app, project, upload)?;
    Upload::of(&app, row)
}

fn staged(incoming: &dyn Incoming) -> Result<Option<Staged>> {
    Ok(incoming.plan()?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// A reading that was interrupted shall not go on: its manifest is dropped or replaced.
fn abandon(app: &App, project: ProjectId, upload: UploadId) -> Result<()> {
    app.store().write_blocking_in(project, move |tx| {
        let row = open_upload(tx, project, upload)?;
        if let Some(mut manifest) = ManifestState::of(&row)?.filter(|m| m.state == JobState::Running) {
            manifest.state = JobState::Cancelled;
            manifest.store(tx, project, upload)?;
        }
        Ok(())
    })
}

/// Whether a node is at the manifest of an upload; here it may be about to take it.
pub(super) fn is_being_read(tx: &Tx<'_>, app: &App, project: ProjectId, upload: UploadId) -> Result<bool> {
    Ok(app.uploads().job_runs(upload) || tx.jobs_at_work(project)?.contains(&upload.0))
}

fn not_running(tx: &Tx<'_>, app: &App, project: ProjectId, upload: UploadId) -> Result<()> {
    if is_being_read(tx, app, project, upload)? {
        return Err(Error::conflict("job_running", "the upload's manifest is being read")
            .hint("wait until its job is done, or cancel the upload"));
    }
    Ok(())
}
