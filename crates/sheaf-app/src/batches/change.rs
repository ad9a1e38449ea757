//! Appending to a batch and removing from one: a new revision of its members.

use roaring::RoaringBitmap;
use serde_json::json;
use sheaf_model::{BatchAction, BatchId, BatchState, ProjectId, Recipe, RevisionAction, TaskOrder};
use sheaf_query::Mode;
use sheaf_store::batch_revisions::{Changed, RevisionRow};
use sheaf_store::batches::BatchRow;
use sheaf_store::{Turn, Tx};

use super::StoredRecipe;
use super::act::step;
use super::brought_in::not_brought_in;
use super::create::{fixed, stamp};
use super::order;
use super::select::{Frame, Selection, select};
use super::view::{BatchView, view};
use crate::library::Look;
use crate::{Access, Actor, App, Error, Result, scale};

/// What an append did, or would do.
#[derive(Debug)]
pub struct Appended {
    pub added: u64,
    /// Picked, and members before.
    pub already: u64,
    pub batch: BatchView,
}

/// What a removal did, or would do.
#[derive(Debug)]
pub struct Removed {
    pub removed: u64,
    pub batch: BatchView,
}

/// Adds what a recipe picks to a batch that was not cancelled. In a launched one the new tasks are in the queue at once;
/// a completed one is in progress again. Nothing new is no revision.
pub async fn append(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    recipe: Recipe,
    dry_run: bool,
) -> Result<Appended> {
    let mut prepared = None;
    if !dry_run {
        let (inner, who, recipe) = (app.clone(), actor.clone(), recipe.clone());
        prepared = order::prepare(app, project, id, move |look, batch| {
            Access::manager(look.tx, &who, project)?;
            if !batch.state.launched() || !batch.state.grows() {
                return Ok(None);
            }
            let picked = select(look, &fixed(look, recipe)?, Mode::Strict, None)?.picked;
            let added = picked - look.tx.batch_members(project, id)?;
            if added.is_empty() {
                return Ok(None);
            }
            Ok(Some((inner.feeds().untouched(look.tx, batch)?, added)))
        })
        .await?;
    }
    let (inner, actor, ready) = (app.clone(), actor.clone(), prepared.clone());
    let work = move |tx: &Tx<'_>| {
        Access::manager(tx, &actor, project)?;
        let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
        if !batch.state.grows() {
            return Err(bad_state(&batch, "append to", "it is cancelled")
                .hint("make a new batch; a cancelled one stays as it was"));
        }
        not_brought_in(&batch, "it grows when more of them are")?;
        scale::takes_no_picked(tx, &batch)?;
        if batch.kind.is_quality() && batch.state.launched() {
            return Err(bad_state(
                &batch,
                "append to",
                "it was launched, and new tasks would have no known answer",
            )
            .hint("make another batch of its kind"));
        }
        let look = Look::at(&inner, tx, project)?;
        let selection = select(&look, &fixed(&look, recipe)?, Mode::Strict, None)?;
        let before = tx.batch_members(project, id)?;
        let added = &selection.picked - &before;
        let (n, already) = (added.len(), selection.picked.len() - added.len());
        if n > 0 && !dry_run {
            let ordered = batch.state.launched() && batch.order != TaskOrder::Upload;
            let late = if ordered {
                order::untouched(&inner, tx, &batch, ready.as_ref())? | &added
            } else {
                // What comes in below the cursor would never be reached from there.
                let mut late = added.clone();
                late.remove_range(u32::try_from(batch.progress.cursor).unwrap_or(u32::MAX)..);
                let mut waiting = tx.late_members(project, id)?;
                waiting.remove_range(..u32::try_from(batch.progress.late_cursor).unwrap_or(u32::MAX));
                late | waiting
            };
            let changed = Changed { members: &(before | added), late: &late, stamp: stamp()? };
            write(tx, &actor, &look, &batch, RevisionAction::Appended, n, &selection, &changed)?;
            if ordered {
                order::begin(&inner, tx, &batch, &late, ready.as_ref())?;
            }
            if batch.state == BatchState::Completed {
                step(&inner, tx, &actor, project, id, BatchAction::Reopen)?;
            }
        }
        Ok(Appended { added: n, already, batch: again(tx, &batch, &inner)? })
    };
    if dry_run {
        return app.store().read(work).await;
    }
    let done = app.store().write_in(Turn::audited(project), work).await;
    if done.as_ref().map_or(true, |done| done.added == 0) {
        order::discard(app, project, id, prepared.as_ref()).await;
    }
    done
}

/// Takes what a recipe picks of a batch's members out of it, in staging only. Nothing to remove is no revision; to remove
/// everything is an error.
pub async fn remove(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    recipe: Recipe,
    dry_run: bool,
) -> Result<Removed> {
    let (inner, actor) = (app.clone(), actor.clone());
    let work = move |tx: &Tx<'_>| {
        Access::manager(tx, &actor, project)?;
        let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
        if batch.state != BatchState::Staging {
            return Err(bad_state(&batch, "remove from", "it was launched")
                .hint("only a batch in staging gives members back; cancel it instead"));
        }
        scale::keeps_tasks(tx, &batch, "remove from")?;
        let look = Look::at(&inner, tx, project)?;
        let (before, nothing) = (tx.batch_members(project, id)?, RoaringBitmap::new());
        let frame =
            Frame { batch: &batch, forget: true, family: None, so_far: &nothing, within: Some(&before) };
        let selection = select(&look, &fixed(&look, recipe)?, Mode::Strict, Some(frame))?;
        let n = selection.picked.len();
        if n == before.len() {
            return Err(Error::invalid("empty_batch", "every member would go, and the batch be empty")
                .hint("delete the batch instead"));
        }
        if n > 0 && !dry_run {
            let members = before - &selection.picked;
            let changed = Changed { members: &members, late: &nothing, stamp: stamp()? };
            write(tx, &actor, &look, &batch, RevisionAction::Removed, n, &selection, &changed)?;
        }
        Ok(Removed { removed: n, batch: again(tx, &batch, &inner)? })
    };
    if dry_run {
        app.store().read(work).await
    } else {
        app.store().write_in(Turn::audited(project), work).await
    }
}

fn bad_state(batch: &BatchRow, verb: &str, why: &str) -> Error {
    Error::conflict("bad_state", format!("cannot {verb} batch `{}`: {why}", batch.name))
        .details(json!({ "state": batch.state.as_str() }))
}

fn again(tx: &Tx<'_>, batch: &BatchRow, app: &App) -> Result<BatchView> {
    view(tx, &tx.batch(batch.project, batch.id)?.ok_or(Error::not_found("batch"))?, app.now())
}

#[expect(clippy::too_many_arguments, reason = "all of it goes into the one row")]
fn write(
    tx: &Tx<'_>,
    actor: &Actor,
    look: &Look<'_>,
    batch: &BatchRow,
    action: RevisionAction,
    n: u64,
    selection: &Selection,
    changed: &Changed<'_>,
) -> Result<()> {
    let stored = StoredRecipe::of(look, selection);
    let row = RevisionRow {
        revision: batch.revision + 1,
        action,
        n: n as i64,
        text: stored.text.clone(),
        recipe: Some(stored.to_json()?),
        at: look.now,
        actor: actor.user,
    };
    tx.change_members(batch.project, batch.id, changed)?;
    tx.insert_revision(batch.project, batch.id, &row)?;
    let what = if action == RevisionAction::Appended { "batch.append" } else { "batch.remove" };
    let details = json!({ "recipe": row.text, "n": n, "revision": row.revision });
    tx.audit(look.now, Some(actor.user), what, &batch.id.to_string(), &details)?;
    Ok(())
}
