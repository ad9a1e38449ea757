//! A folder of a bucket as the source of an upload: every object below it is a file of the upload, copied into the blobs.
//!
//! One job looks through the names in their order, page by page. What a page brought is durable, then it is written down
//! how far the look has come; so it goes on after the last page wherever and by whichever node it was interrupted, and what is
//! taken twice is a duplicate. The next pass takes only what was stored since this one began. Where later objects have later names (days,
//! numbers), a pass does not look at the others at all: the store lists from the last name on.
//!
//! It is the operator's keys that read, so the operator says which folders may be read.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use parking_lot::Mutex;
use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::{Millis, ProjectId, UploadId, UploadState};
use sheaf_store::Tx;
use sheaf_store::blobs::{BlobsAt, Fetched, Source, SourceEntry, SourceObject, Wanted};
use sheaf_store::bucket_syncs::{SyncRow, SyncState};

use crate::uploads::desk::Job;
use crate::uploads::incoming::Temporary;
use crate::uploads::manifest::is_being_read;
use crate::uploads::receive::blocking;
use crate::uploads::settle::JOB_ENDED;
use crate::uploads::take_in::{self, Target};
use crate::uploads::{FILE_BYTES_MAX, open_upload};
use crate::{Access, Actor, App, Error, Result};

/// Bytes of objects that are fetched before they are read.
const PART_BYTES: u64 = 1 << 30;
/// Objects of one page: what is done again at most.
const PAGE: usize = 256;
/// How far the clocks of the store and of this machine may be apart.
const CLOCKS_APART_MS: Millis = 15 * 60 * 1000;
const ADDRESS_CHARS_MAX: usize = 1_000;

/// What is to be looked through.
#[derive(Debug, Clone)]
pub struct NewSync {
    /// `s3://bucket/folder` or its like.
    pub address: String,
    /// Whether later objects have later names.
    pub ascending: bool,
}

/// Begins to look through a folder of a bucket, goes on with a look that was interrupted, or looks for what is new.
pub async fn sync(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    new: NewSync,
) -> Result<SyncRow> {
    let (by, actor, inner) = (app.clone(), actor.clone(), app.clone());
    let row = blocking(move || {
        let desk = by.clone();
        by.store().write_blocking_in(project, move |tx| {
            Access::manager(tx, &actor, project)?;
            open_upload(tx, project, upload)?;
            allowed(&desk, &new.address)?;
            if is_being_read(tx, &desk, project, upload)? {
                return Err(Error::conflict("job_running", "something is being read into this upload")
                    .hint("wait until its job is done, or cancel the upload"));
            }
            let row = next_pass(tx.bucket_sync(project, upload)?, new, desk.now());
            tx.put_bucket_sync(project, upload, &row)?;
            Ok::<_, Error>(row)
        })
    })
    .await?;
    start(&inner, project, upload)?;
    Ok(row)
}

/// The look through a bucket that an upload is made of; `None` when it is made of none.
pub async fn get_sync(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
) -> Result<Option<SyncRow>> {
    let (desk, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            let closed =
                tx.upload(project, upload)?.ok_or(Error::not_found("upload"))?.state != UploadState::Open;
            let Some(mut row) = tx.bucket_sync(project, upload)? else { return Ok(None) };
            // What the thread wrote last is shown once it has cleared its desk, and what it could not write is known here.
            if desk.uploads().job_runs(upload) {
                row.state = SyncState::Running;
            } else if let (SyncState::Running, Some(failure)) = (row.state, desk.uploads().failure(upload)) {
                (row.state, row.message) = (SyncState::Failed, Some(failure));
            } else if row.state == SyncState::Running && closed {
                let message = "the upload was closed before the sync was done".to_owned();
                (row.state, row.message) = (SyncState::Failed, Some(message));
            }
            Ok(Some(row))
        })
        .await
}

/// The folders that may be read, in the order in which the operator named them.
pub async fn sources(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<String>> {
    let actor = actor.clone();
    app.store().read(move |tx| Access::manager(tx, &actor, project).map(drop)).await?;
    Ok(app.config().sources.iter().map(|source| source.address.clone()).collect())
}

/// Whether the operator lets this folder be read: it is one of theirs or below one.
fn allowed(app: &App, address: &str) -> Result<BlobsAt> {
    let sources = &app.config().sources;
    let within = |source: &&BlobsAt| {
        let folder = source.address.trim_end_matches('/');
        address.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // The text is compared, so it has one spelling.
    let is_plain = address.chars().count() <= ADDRESS_CHARS_MAX
        && !address.chars().any(|c| c.is_control() || matches!(c, '%' | '?' | '#' | '\\'))
        && !address.split('/').skip(3).any(|part| matches!(part, "." | ".."));
    match sources.iter().find(within).filter(|_| is_plain) {
        Some(source) => Ok(BlobsAt { address: address.to_owned(), ..source.clone() }),
        None => Err(Error::Forbidden {
            code: "source_not_allowed",
            message: format!(
                "`{}` is not among the folders that may be read; whoever runs the server names them with --sources",
                address.chars().take(100).collect::<String>()
            ),
        }),
    }
}

/// What the next pass begins with.
fn next_pass(known: Option<SyncRow>, new: NewSync, now: Millis) -> SyncRow {
    let fresh = SyncRow {
        address: new.address,
        ascending: new.ascending,
        state: SyncState::Running,
        after: None,
        since: 0,
        began: now,
        looked: 0,
        taken: 0,
        message: None,
    };
    match known {
        Some(known) if known.address != fresh.address => fresh,
        Some(known) if known.state != SyncState::Done => {
            SyncRow { state: SyncState::Running, message: None, ..known }
        }
        Some(known) if new.ascending => SyncRow { after: known.after, ..fresh },
        Some(known) => SyncRow { since: known.began - CLOCKS_APART_MS, ..fresh },
        None => fresh,
    }
}

/// Whether there is a look that was not ended.
pub(super) fn to_be_looked_through(tx: &Tx<'_>, project: ProjectId, upload: UploadId) -> Result<bool> {
    let is_open = open_upload(tx, project, upload).is_ok();
    Ok(is_open && tx.bucket_sync(project, upload)?.is_some_and(|row| row.state == SyncState::Running))
}

/// Begins the job of an upload, unless a thread is at it.
pub(super) fn start(app: &App, project: ProjectId, upload: UploadId) -> Result<()> {
    let Some(job) = app.uploads().begin_job(upload) else { return Ok(()) };
    let (app, thread_job) = (app.clone(), job.clone());
    let spawned = std::thread::Builder::new().name("sheaf-sync".into()).spawn(move || {
        let _at_work = app.store().at_job(project, upload.0);
        // A panic must not leave a job that never ends.
        let work = std::panic::AssertUnwindSafe(|| run(&app, project, upload, &thread_job));
        let outcome =
            std::panic::catch_unwind(work).unwrap_or_else(|_| Err(Error::internal("it failed inside")));
        let outcome = match outcome {
            // Another node is at it, and says how it ends.
            Err(Error::Conflict { code: JOB_ENDED, .. }) => Ok(()),
            outcome => outcome,
        };
        // The database or the blobs are away. Where nodes look for jobs that nobody is at, it is gone on with.
        let again = outcome.as_ref().is_err_and(Error::passes) && app.store().is_shared();
        let failure = match outcome {
            Ok(()) => None,
            Err(_) if again => None,
            Err(Error::Internal(why)) => {
                tracing::error!(%project, %upload, why, "a sync failed");
                Some("it failed inside; whoever runs the server finds the reason in its log".to_owned())
            }
            Err(error) => Some(error.to_string()),
        };
        let left = again || (failure.is_none() && thread_job.stopped());
        let message = failure.clone();
        let ended = app.store().write_blocking_in(project, move |tx| {
            if !tx.holds_job(project, upload.0)? {
                return Ok(());
            }
            if let (Some(message), Some(row)) = (message, tx.bucket_sync(project, upload)?) {
                let row = SyncRow { state: SyncState::Failed, message: Some(message), ..row };
                tx.put_bucket_sync(project, upload, &row)?;
            }
            if left { tx.leave_job(project, upload.0) } else { tx.end_job(project, upload.0) }
        });
        if let Err(error) = ended {
            tracing::warn!(%project, %upload, %error, "the end of a sync could not be written");
        }
        thread_job.end(failure);
    });
    if let Err(error) = spawned {
        job.end(Some("the job could not be started".to_owned()));
        return Err(Error::internal(format!("cannot start a job: {error}")));
    }
    Ok(())
}

fn run(app: &App, project: ProjectId, upload: UploadId, job: &Job) -> Result<()> {
    if !app.store().write_blocking_in(project, move |tx| tx.take_job(project, upload.0))? {
        return Ok(());
    }
    let (media, row) = app.store().read_blocking(|tx| {
        let media = tx.project(project)?.ok_or(Error::not_found("project"))?.media;
        Ok::<_, Error>((media, tx.bucket_sync(project, upload)?))
    })?;
    let Some(mut row) = row.filter(|row| row.state == SyncState::Running) else { return Ok(()) };
    let source = Source::open(&allowed(app, &row.address)?)?;
    let to = Target { project, upload, media, of_job: true };
    for page in source.list(row.after.as_deref(), PAGE) {
        if job.stopped() {
            return Ok(());
        }
        let page = page?;
        row.looked += page.len() as i64;
        row.after = page.last().map(|entry| entry.name().to_owned()).or(row.after.take());
        let mut new = Vec::new();
        for entry in page {
            match entry {
                // Folders are shown as empty objects by some programs.
                SourceEntry::Object(object) => {
                    new.extend(Some(object).filter(|it| it.size > 0 && it.stored >= row.since));
                }
                SourceEntry::Unnamed { name, why } => {
                    let problem =
                        Problem::new(ProblemCode::BadPath, why).hint("rename the object in the bucket");
                    take_in::wait(take_in::refuse(app, to, &name, 0, problem)?)?;
                }
            }
        }
        for some in parts(new) {
            row.taken += take_page(app, to, &source, some)?;
        }
        if !write(app, project, upload, row.clone())? {
            return Ok(());
        }
    }
    row.state = SyncState::Done;
    write(app, project, upload, row).map(drop)
}

/// Cuts a page where what lies on the disk meanwhile would be too much.
fn parts(objects: Vec<SourceObject>) -> Vec<Vec<SourceObject>> {
    let mut out: Vec<Vec<SourceObject>> = Vec::new();
    let mut bytes = 0;
    for object in objects {
        bytes += object.size;
        match out.last_mut() {
            Some(part) if bytes <= PART_BYTES => part.push(object),
            _ => {
                bytes = object.size;
                out.push(vec![object]);
            }
        }
    }
    out
}

fn grew(object: &SourceObject) -> Problem {
    let message = format!(
        "the object was listed with {} bytes and had more when it was read; it was not taken",
        object.size
    );
    Problem::new(ProblemCode::Changed, message)
        .hint("sync again when nobody writes to it any more, not in the way that looks at later names only")
}

/// Writes down how far the look has come; false when it is to end: the upload was closed, or another node is at it.
fn write(app: &App, project: ProjectId, upload: UploadId, row: SyncRow) -> Result<bool> {
    app.store().write_blocking_in(project, move |tx| {
        if open_upload(tx, project, upload).is_err() || !tx.holds_job(project, upload.0)? {
            return Ok(false);
        }
        tx.put_bucket_sync(project, upload, &row)?;
        Ok(true)
    })
}

/// Takes in the objects of a page; how many. Afterwards what became of each is durable.
fn take_page(app: &App, to: Target, source: &Source, objects: Vec<SourceObject>) -> Result<i64> {
    let blobs = app.store().blobs();
    let mut wanted = Vec::new();
    for object in objects {
        match sheaf_intake::path::clean(&object.name) {
            Ok(path) if object.size <= FILE_BYTES_MAX => {
                wanted.push((path, Temporary::new(blobs.temporary()), object));
            }
            found => {
                let problem = found.err().unwrap_or_else(|| {
                    let message =
                        format!("the object has {} bytes, {FILE_BYTES_MAX} are the most", object.size);
                    Problem::new(ProblemCode::TooLarge, message)
                });
                let refused = take_in::refuse(app, to, &object.name, object.size, problem)?;
                take_in::wait(refused)?;
            }
        }
    }
    let files = wanted.iter().map(|(_, file, object)| Wanted {
        name: object.name.clone(),
        size: object.size,
        file: file.path().to_owned(),
    });
    let fetched = Mutex::new(source.fetch(files.collect()).into_iter());
    let (taken, told) = (AtomicI64::new(0), AtomicUsize::new(0));
    let work = || -> Result<()> {
        let mut waiting = Vec::new();
        loop {
            // The lock is for one at a time, who waits for the store.
            let next = fetched.lock().next();
            let Some((place, became)) = next else { break };
            told.fetch_add(1, Ordering::Relaxed);
            let (path, file, object) = &wanted[place];
            waiting.push(match became? {
                Fetched::Whole(size) => take_in::take_in(app, to, path, file.path(), size)?,
                Fetched::Grew => take_in::refuse(app, to, path, object.size, grew(object))?,
                // Removed since it was listed: then it is not there to be brought in.
                Fetched::Gone => continue,
            });
            taken.fetch_add(1, Ordering::Relaxed);
        }
        for outcome in waiting {
            take_in::wait(outcome)?;
        }
        Ok(())
    };
    take_in::on_every_core(work)?;
    if told.into_inner() < wanted.len() {
        return Err(Error::internal("reading from a bucket ended before all of a page was read"));
    }
    Ok(taken.into_inner())
}
