//! How tasks of clients become tasks of Sheaf: assets are added to the library, then to the members of their batch, many at
//! once.

use sha2::{Digest, Sha256};
use sheaf_model::upload::UploadCounts;
use sheaf_model::{
    AssetId, BatchAction, BatchId, BatchState, Ordinal, ProjectId, TaskId, UploadId, UploadState, UserId,
};
use sheaf_store::batches::BatchRow;
use sheaf_store::library::NewAsset;
use sheaf_store::scale::{Stage, TaskRow};
use sheaf_store::uploads::UploadRow;
use sheaf_store::{Turn, Tx};

use super::begins::Begins;
use super::hypothesis::{self, Begin};
use super::kind::TaskKind;
use super::plan::{About, plan};
use super::{answered, batches, end, id, response, tasks};
use crate::batches::act::step;
use crate::batches::client::add;
use crate::quality::known::{self, NewKnownAnswer};
use crate::uploads::draft_of_stored;
use crate::{Actor, App, Error, Result, ids};

/// The upload that has what clients bring.
const UPLOAD: &str = "Scale's API";
/// Tasks that become members together.
const AT_ONCE: u32 = 500;

/// Makes members of the tasks that wait for it, a group of each batch. How many; call it until there are none. An error is one when
/// there was nothing that could become one: a batch with an error keeps no other waiting.
pub async fn some(app: &App) -> Result<u64> {
    let waiting = app
        .store()
        .read(|tx| {
            let mut out = Vec::new();
            for client in tx.client_projects()? {
                let of = tx.waiting_client_batches(client.project)?.into_iter();
                out.extend(of.map(|batch| (client.project, batch)));
            }
            Ok::<_, Error>(out)
        })
        .await?;
    let (mut n, mut failed) = (0, None);
    for (project, batch) in waiting {
        let inner = app.clone();
        let bound = match app
            .store()
            .write_in(Turn::audited(project), move |tx| group(&inner, tx, project, batch, AT_ONCE))
            .await
        {
            Err(error) if error.passes() || matches!(error, Error::DiskFull) => return Err(error),
            Err(error) => alone(app, project, batch, error).await,
            bound => bound,
        };
        match bound {
            Ok(bound) => n += bound,
            Err(error) => {
                tracing::warn!(%error, %project, %batch, "tasks wait to become members of their batch");
                failed = Some(error);
            }
        }
    }
    failed.filter(|_| n == 0).map_or(Ok(n), Err)
}

/// One task that cannot become a member must not keep the others from it: the next one by itself, or in error.
async fn alone(app: &App, project: ProjectId, batch: BatchId, error: Error) -> Result<u64> {
    tracing::warn!(%error, "a group of tasks cannot become members of their batch; trying one of them");
    let inner = app.clone();
    let one = app.store().write_in(Turn::audited(project), move |tx| group(&inner, tx, project, batch, 1));
    let error = match one.await {
        // What may go better in a moment is no fault of the task.
        Err(error) if !error.passes() && !matches!(error, Error::DiskFull) => error,
        bound_or_later => return bound_or_later,
    };
    let inner = app.clone();
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            for task in tx.ready_client_tasks(project, batch, 1)? {
                let why = serde_json::json!({ "error": format!("the task could not be taken in: {error}") });
                end::failed(&inner, tx, &task, why)?;
            }
            Ok(1)
        })
        .await
}

/// Makes members of all tasks of a batch that wait for it.
pub(super) fn all_of(app: &App, tx: &Tx<'_>, batch: &BatchRow) -> Result<()> {
    while group(app, tx, batch.project, batch.id, AT_ONCE)? > 0 {}
    Ok(())
}

fn group(app: &App, tx: &Tx<'_>, project: ProjectId, batch: BatchId, at_most: u32) -> Result<u64> {
    let waiting = tx.ready_client_tasks(project, batch, at_most)?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let media = tx.project(project)?.ok_or(Error::not_found("project"))?.media;
    let row = tx.batch(project, batch)?.ok_or(Error::not_found("batch"))?;
    let n = waiting.len() as u64;
    let mut new = Vec::with_capacity(waiting.len());
    for task in waiting {
        let kind = TaskKind::parse(&task.kind).ok_or_else(|| Error::internal("a task has no type"))?;
        let params = tasks::shape::effective(tx, &task)?;
        let content = match plan(kind, media, &params)?.about {
            About::Text(text) => Content::New(Box::new(text_asset(&task, text))),
            About::File(file) => Content::File(file.ordinal),
            About::Url(_) | About::Apart => return Err(Error::internal("a task waits that has no content")),
        };
        let begin = hypothesis::begin(kind, &params, row.kind);
        new.push(New { task, content, begin });
    }
    members(app, tx, row, new)?;
    Ok(n)
}

/// A task that is to become a member of its batch.
pub(super) struct New {
    pub(super) task: TaskRow,
    pub(super) content: Content,
    /// What its annotators begin with.
    pub(super) begin: Option<Begin>,
}

/// What a task is about.
pub(super) enum Content {
    New(Box<NewAsset>),
    /// It is in the library.
    File(Ordinal),
}

/// Adds what tasks are about to the library and to their batch.
pub(super) fn members(app: &App, tx: &Tx<'_>, mut row: BatchRow, mut new: Vec<New>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let (project, batch) = (row.project, row.id);
    let actor = Actor { user: row.created_by, is_admin: false };
    if row.state == BatchState::Cancelled {
        for New { task, .. } in new {
            tx.update_client_task(&task, &end::canceled(&task, app.now()))?;
        }
        return Ok(());
    }
    // Nobody begins with what is answered.
    for one in new.iter_mut().filter(|one| answered::is_answered(&one.task)) {
        one.begin = None;
    }
    let mut begins = Begins::of(app, tx, &row, new.iter().find_map(|one| one.begin.as_ref()))?;
    let (mut answered, mut waiting, mut begun) = (Vec::new(), Vec::new(), Vec::new());
    for (task, ordinal, begin) in in_the_library(app, tx, &row, &mut begins, new)? {
        begun.extend(begin.map(|begin| (ordinal, begin)));
        let group = if answered::is_answered(&task) { &mut answered } else { &mut waiting };
        group.push((task, ordinal));
    }
    begins.write(&begun)?;
    let any_answered = !answered.is_empty();
    if any_answered && row.state == BatchState::Completed {
        step(app, tx, &actor, project, batch, BatchAction::Reopen)?;
        row = batches::again(tx, &row)?;
    }
    let done = answered::put(app, tx, &row, answered)?;
    let (mut added, mut bound) = (done.clone(), Vec::new());
    for (before, ordinal) in waiting {
        added.insert(ordinal);
        let after =
            TaskRow { stage: Stage::Bound, ordinal: Some(ordinal), fetch_due: None, ..before.clone() };
        tx.update_client_task(&before, &after)?;
        bound.push(after);
    }
    // Of answers that do not fit nothing is added.
    if !added.is_empty() {
        add(app, tx, &actor, &row, &added, &done)?;
    }
    if row.kind.is_quality() {
        for task in bound {
            known_answer(app, tx, &actor, &task)?;
        }
    }
    // The last one may be one whose answer does not fit.
    if any_answered { end::batch_may_end(app, tx, project, batch) } else { Ok(()) }
}

/// Adds to the library what of these is not in it; where each of them is.
fn in_the_library(
    app: &App,
    tx: &Tx<'_>,
    batch: &BatchRow,
    begins: &mut Begins<'_>,
    new: Vec<New>,
) -> Result<Vec<(TaskRow, Ordinal, Option<Begin>)>> {
    let mut there = tx.batch_members(batch.project, batch.id)?;
    let (mut fresh, mut places) = (Vec::new(), Vec::new());
    for New { task, content, begin } in new {
        let at = match content {
            Content::New(asset) => Err(*asset),
            Content::File(ordinal)
                if !there.contains(ordinal) && begins.may_share(ordinal, begin.as_ref())? =>
            {
                there.insert(ordinal);
                Ok(ordinal)
            }
            // A file that is a member already, or with which others begin otherwise, is one once more under another name.
            Content::File(ordinal) => Err(copy(tx, &task, ordinal)?),
        };
        places.push((task, at.map_err(|asset| fresh.push(asset)).ok(), begin));
    }
    let mut next = append(app, tx, batch.project, batch.created_by, &fresh)?;
    let place = |(task, place, begin): (TaskRow, Option<Ordinal>, Option<Begin>)| {
        let ordinal = place.unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        (task, ordinal, begin)
    };
    Ok(places.into_iter().map(place).collect())
}

/// Writes down the answer of a task that was made with it. One that does not fit what the task is about is left out: then the
/// batch is not launched before a manager gives another.
fn known_answer(app: &App, tx: &Tx<'_>, actor: &Actor, task: &TaskRow) -> Result<()> {
    let params = tasks::shape::effective(tx, task)?;
    let (Some(kind), Some(ordinal)) = (TaskKind::parse(&task.kind), task.ordinal) else { return Ok(()) };
    let Some(expected) = params.get("expected_response") else { return Ok(()) };
    let response = response::read(kind, &params, expected)?;
    let asset = AssetId { project: task.project, ordinal };
    let answer = NewKnownAnswer { asset, response, note: String::new() };
    let row = tx.batch(task.project, task.batch)?.ok_or(Error::not_found("batch"))?;
    if !known::problems(tx, &row, &answer)?.is_empty() {
        tracing::warn!(task = id::task(task.project, task.number), "a known answer does not fit its task");
        return Ok(());
    }
    let of = TaskId { project: task.project, batch: task.batch, ordinal };
    known::write(app, tx, actor, of, &answer.response, "")
}

/// Adds assets to the library, under the upload of the clients; the first ordinal.
pub(super) fn append(
    app: &App,
    tx: &Tx<'_>,
    project: ProjectId,
    by: UserId,
    assets: &[NewAsset],
) -> Result<Ordinal> {
    if assets.is_empty() {
        return Ok(0);
    }
    let upload = upload(app, tx, project, by)?;
    let first = tx.append_assets(project, upload, app.now(), assets)?.first;
    let n = assets.len() as i64;
    let counts = UploadCounts { received: n, added: n, ..UploadCounts::default() };
    let bytes = assets.iter().filter_map(|asset| asset.size).sum();
    tx.count_upload(project, upload, counts, bytes, Some(first))?;
    Ok(first)
}

fn upload(app: &App, tx: &Tx<'_>, project: ProjectId, by: UserId) -> Result<UploadId> {
    if let Some(known) = tx.upload_by_name(project, UPLOAD)? {
        return Ok(known.id);
    }
    let id = UploadId(ids::row_id(app.now())?);
    let row = UploadRow {
        id,
        name: UPLOAD.to_owned(),
        source: "api".to_owned(),
        state: UploadState::Open,
        counts: UploadCounts::default(),
        bytes: 0,
        batch_plan: None,
        batch: None,
        manifest: None,
        first_ordinal: None,
        created: app.now(),
        created_by: by,
        creator: String::new(),
        finished: None,
    };
    tx.insert_upload(project, &row)?;
    Ok(id)
}

fn text_asset(task: &TaskRow, text: String) -> NewAsset {
    NewAsset {
        name: format!("{}.txt", id::task(task.project, task.number)),
        media_type: "text/plain",
        size: i64::try_from(text.len()).ok(),
        fingerprint: fingerprint(task, text.as_bytes()),
        text: Some(text),
        metadata: task.metadata.clone(),
        ..NewAsset::default()
    }
}

/// The asset of a file of the library that is the batch's already.
fn copy(tx: &Tx<'_>, task: &TaskRow, ordinal: Ordinal) -> Result<NewAsset> {
    let old = tx.asset(task.project, ordinal)?.ok_or_else(|| Error::internal("a file is not there"))?;
    let text = tx.text(task.project, ordinal)?;
    let new = draft_of_stored(&old)?;
    Ok(NewAsset { reference: None, text, fingerprint: fingerprint(task, old.name.as_bytes()), ..new })
}

/// Tells what tasks are about apart: equal contents of two tasks are two assets.
pub(super) fn fingerprint(task: &TaskRow, content: &[u8]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(content);
    hash.update(id::task(task.project, task.number));
    hash.finalize()[..8].iter().fold(0_i64, |n, &byte| (n << 8) | i64::from(byte))
}
