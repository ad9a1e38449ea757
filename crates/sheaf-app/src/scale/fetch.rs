//! Attachments that are addresses: which are to be fetched, and what becomes of what was. The fetching itself is the server's.

use std::path::Path;

use serde_json::json;
use sheaf_model::{Media, Millis, ProjectId};
use sheaf_store::scale::{ClientProject, Stage, Status, TaskRow};
use sheaf_store::{Turn, Tx};

use super::bind::{self, Content, New};
use super::find::{Walk, waiting};
use super::hypothesis;
use super::kind::TaskKind;
use super::plan::{About, plan};
use super::{end, tasks};
use crate::uploads::{blocking, read_asset};
use crate::{App, Error, Result, removed};

/// How long one may be under way before somebody else may take it: longer than a fetch may take.
const LOCK_MS: Millis = 5 * 60_000;
/// Pauses after failures that may pass; after them the task is in error.
const PAUSES_MS: [Millis; 2] = [2_000, 20_000];
/// The largest attachment, as Scale has it for files.
pub const BYTES_MAX: u64 = 80 * 1024 * 1024;

/// An attachment that is to be fetched now.
#[derive(Debug, Clone)]
pub struct Job {
    task: TaskRow,
    media: Media,
    pub url: String,
}

/// Why there is nothing.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Of the answer, if there was one.
    pub status: Option<u16>,
    /// In our words, never in the other side's.
    pub reason: String,
    /// Whether it may go better in a moment.
    pub passes: bool,
}

/// Takes what is to be fetched, at most so many, a transaction a project, and says when the next is.
pub async fn take(app: &App, walk: &mut Walk, limit: u32) -> Result<(Vec<Job>, Option<Millis>)> {
    let now = app.now();
    let (due, any) =
        app.store().read(move |tx| waiting(tx, now, |tx, id| Ok(tx.next_client_fetch(id)?))).await?;
    if limit == 0 || due.is_empty() {
        return Ok((Vec::new(), any));
    }
    let take = |client: ClientProject, n| {
        app.store().write_in(client.project, move |tx| take_of(tx, client.project, now, n))
    };
    let out = walk.take(due, limit, "attachments", take).await?;
    let next = app.store().read(move |tx| waiting(tx, now, |tx, id| Ok(tx.next_client_fetch(id)?))).await?.1;
    Ok((out, next))
}

fn take_of(tx: &Tx<'_>, project: ProjectId, now: Millis, limit: u32) -> Result<Vec<Job>> {
    let media = tx.project(project)?.ok_or(Error::not_found("project"))?.media;
    let mut out = Vec::new();
    for before in tx.client_tasks_to_fetch(project, now, limit)? {
        let task = TaskRow {
            fetch_due: Some(now + LOCK_MS),
            fetch_attempts: before.fetch_attempts + 1,
            ..before.clone()
        };
        tx.update_client_task(&before, &task)?;
        let kind = TaskKind::parse(&task.kind).ok_or_else(|| Error::internal("a task has no type"))?;
        if let About::Url(url) = plan(kind, media, &tasks::shape::effective(tx, &task)?)?.about {
            out.push(Job { task, media, url });
        }
    }
    Ok(out)
}

/// Gives up what a process that was killed was fetching. With SQLite this process is the only one.
pub async fn unlock(app: &App) -> Result<()> {
    if app.store().is_shared() {
        return Ok(());
    }
    let now = app.now();
    let projects = app.store().read(|tx| Ok::<_, Error>(tx.client_projects()?)).await?;
    for client in projects {
        let unlocked = move |tx: &Tx<'_>| Ok::<_, Error>(tx.unlock_client_fetches(client.project, now)?);
        app.store().write_in(client.project, unlocked).await?;
    }
    Ok(())
}

/// What was fetched lies in `file`: it becomes an asset and a member, or the task is in error.
pub async fn settle(
    app: &App,
    job: Job,
    file: std::result::Result<std::path::PathBuf, Failure>,
) -> Result<()> {
    let failure = match file {
        Ok(file) => match asset(app, &job, &file).await? {
            Ok(()) => return Ok(()),
            Err(problem) => Failure { status: None, reason: problem, passes: false },
        },
        Err(failure) => failure,
    };
    let inner = app.clone();
    app.store()
        .write_in(Turn::audited(job.task.project), move |tx| {
            let Some(before) = still(tx.client_task(job.task.project, job.task.number)?, &job) else {
                return Ok(());
            };
            let attempts = before.fetch_attempts as usize;
            if failure.passes && attempts <= PAUSES_MS.len() {
                let due = Some(inner.now() + PAUSES_MS[attempts.max(1) - 1]);
                return Ok(tx.update_client_task(&before, &TaskRow { fetch_due: due, ..before.clone() })?);
            }
            let error = json!({
                "error": format!("the attachment could not be fetched: {}", failure.reason),
                "attachments": [{ "statusCode": failure.status, "url": job.url }],
            });
            end::failed(&inner, tx, &before, error)
        })
        .await
}

/// The task, if it is still this fetch that it waits for.
fn still(task: Option<TaskRow>, job: &Job) -> Option<TaskRow> {
    task.filter(|it| {
        let wanted = matches!(it.status, Status::Pending | Status::Completed);
        it.stage == Stage::Fetch && wanted && it.fetch_due == job.task.fetch_due
    })
}

async fn asset(app: &App, job: &Job, file: &Path) -> Result<std::result::Result<(), String>> {
    let (inner, job, file) = (app.clone(), job.clone(), file.to_owned());
    blocking(move || {
        let name = name_of(&job.url, job.task.number);
        let mut new = match read_asset(&inner, job.media, &name, &file)? {
            Ok(asset) => asset,
            Err(problem) => return Ok(Err(problem)),
        };
        new.metadata.clone_from(&job.task.metadata);
        new.fingerprint = bind::fingerprint(&job.task, &new.fingerprint.to_be_bytes());
        let blobs: Vec<_> = [new.content, new.thumbnail].into_iter().flatten().collect();
        inner.store().blobs().flush(&blobs)?;
        let there = removed::but_there(inner.store(), &blobs)?;
        let app = inner.clone();
        inner.store().write_blocking_in(Turn::audited(job.task.project), move |tx| {
            let (project, number): (ProjectId, u32) = (job.task.project, job.task.number);
            let Some(task) = still(tx.client_task(project, number)?, &job) else { return Ok(()) };
            tx.keep_blobs(&blobs, &there)?;
            let batch = tx.batch(project, task.batch)?.ok_or(Error::not_found("batch"))?;
            let params = tasks::shape::effective(tx, &task)?;
            let begin = TaskKind::parse(&task.kind).and_then(|it| hypothesis::begin(it, &params, batch.kind));
            let content = Content::New(Box::new(new));
            bind::members(&app, tx, batch, vec![New { task, content, begin }])
        })?;
        Ok(Ok(()))
    })
    .await
}

/// The last part of an address's path.
pub(super) fn name_of(url: &str, number: u32) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let name = path.split_once('/').and_then(|(_, path)| path.rsplit('/').next()).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    if name.is_empty() || name == "." || name == ".." { format!("attachment-{number}") } else { name }
}
