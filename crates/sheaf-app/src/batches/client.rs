//! Members that come one after the other, by a program that makes tasks: a batch may begin without any, and an untouched
//! one may leave it.

use roaring::RoaringBitmap;
use sheaf_model::{AssetId, BatchAction, BatchState, Ordinal, Recipe, RevisionAction, TaskOrder};
use sheaf_store::Tx;
use sheaf_store::batch_revisions::{Changed, RevisionRow};
use sheaf_store::batches::BatchRow;

use super::act::step;
use super::create::{insert_members, stamp};
use super::{BatchView, NewBatch, StoredRecipe, order};
use crate::{Access, Actor, App, Error, Result};

/// A new batch without members. Whoever makes it must have been asked for the role.
pub(crate) fn create_empty(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    access: &Access,
    new: &NewBatch,
) -> Result<BatchView> {
    let stored = recipe(access.project.n_assets, access.project.revision, Vec::new());
    insert_members(app, tx, actor, access.project.id, new, &stored, &RoaringBitmap::new())
}

/// Assets of one revision. Tasks whose attachment is fetched come one by one, and each of them writes its revision anew.
const REVISION_ASSETS_MAX: usize = 500;

/// What a client added, as a sentence.
fn told(assets: usize) -> String {
    format!("{assets} tasks made over Scale's API")
}

fn recipe(high_water: Ordinal, library_revision: i64, assets: Vec<AssetId>) -> StoredRecipe {
    let text = told(assets.len());
    let recipe = Recipe { assets: Some(assets), ..Recipe::default() };
    StoredRecipe {
        recipe,
        high_water,
        library_revision,
        text,
        short_by: 0,
        fit: None,
        steps: Vec::new(),
        family: None,
    }
}

/// Adds assets to a batch that was not cancelled; in a launched one they are in the queue at once, but for the answered ones.
/// None of them is a member. `batch` is as it was before anything was answered.
pub(crate) fn add(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    batch: &BatchRow,
    added: &RoaringBitmap,
    answered: &RoaringBitmap,
) -> Result<()> {
    let before = tx.batch_members(batch.project, batch.id)?;
    let ordered = batch.state.launched() && batch.order != TaskOrder::Upload;
    let late = if ordered {
        (order::untouched(app, tx, batch, None)? | added) - answered
    } else {
        // What comes in below the cursor, or what answers stepped over, would never be reached from there.
        let cursor = tx.progress(batch.project, batch.id)?.cursor;
        let mut late = added.clone();
        if cursor != batch.progress.cursor {
            let mut stepped_over = before.clone();
            stepped_over.remove_range(..below(batch.progress.cursor));
            late |= stepped_over;
        }
        late.remove_range(below(cursor)..);
        (waiting(tx, batch)? | late) - answered
    };
    write(app, tx, actor, batch, RevisionAction::Appended, added, &(before | added), &late)?;
    if ordered {
        order::begin(app, tx, batch, &late, None)?;
    }
    if batch.state == BatchState::Completed {
        step(app, tx, actor, batch.project, batch.id, BatchAction::Reopen)?;
    }
    Ok(())
}

/// Takes an asset that nobody has touched out of a batch.
pub(crate) fn remove(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    batch: &BatchRow,
    ordinal: Ordinal,
) -> Result<()> {
    if batch.state.launched() && batch.order != TaskOrder::Upload {
        let what = "the batch hands its tasks out in an order of its own, so none can be taken out of it";
        return Err(Error::invalid("bad_state", what));
    }
    let gone = RoaringBitmap::from_iter([ordinal]);
    let members = tx.batch_members(batch.project, batch.id)? - &gone;
    let late = waiting(tx, batch)? - &gone;
    write(app, tx, actor, batch, RevisionAction::Removed, &gone, &members, &late)
}

/// Late members that nobody has touched.
fn waiting(tx: &Tx<'_>, batch: &BatchRow) -> Result<RoaringBitmap> {
    let mut waiting = tx.late_members(batch.project, batch.id)?;
    waiting.remove_range(..below(batch.progress.late_cursor));
    Ok(waiting)
}

fn below(cursor: i64) -> u32 {
    u32::try_from(cursor).unwrap_or(u32::MAX)
}

#[expect(clippy::too_many_arguments, reason = "all of it goes into the one row")]
fn write(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    batch: &BatchRow,
    action: RevisionAction,
    moved: &RoaringBitmap,
    members: &RoaringBitmap,
    late: &RoaringBitmap,
) -> Result<()> {
    let project = tx.project(batch.project)?.ok_or(Error::not_found("project"))?;
    let assets = moved.iter().map(|ordinal| AssetId { project: batch.project, ordinal });
    let mut assets: Vec<AssetId> = assets.collect();
    let changed = Changed { members, late, stamp: stamp()? };
    if action == RevisionAction::Appended
        && let Some((mut row, mut all)) = last_append(tx, batch, actor, assets.len())?
    {
        all.append(&mut assets);
        let stored = recipe(project.n_assets, project.revision, all);
        row.n += moved.len() as i64;
        (row.text, row.recipe, row.at) = (stored.text.clone(), Some(stored.to_json()?), app.now());
        tx.grow_members(batch.project, batch.id, &changed)?;
        return Ok(tx.set_revision(batch.project, batch.id, &row)?);
    }
    let stored = recipe(project.n_assets, project.revision, assets);
    tx.change_members(batch.project, batch.id, &changed)?;
    let row = RevisionRow {
        revision: batch.revision + 1,
        action,
        n: moved.len() as i64,
        text: stored.text.clone(),
        recipe: Some(stored.to_json()?),
        at: app.now(),
        actor: actor.user,
    };
    Ok(tx.insert_revision(batch.project, batch.id, &row)?)
}

/// The last revision of a batch with its assets, when it is one in which tasks of clients came and may take so many more.
fn last_append(
    tx: &Tx<'_>,
    batch: &BatchRow,
    actor: &Actor,
    more: usize,
) -> Result<Option<(RevisionRow, Vec<AssetId>)>> {
    let Some(row) = tx.batch_revision(batch.project, batch.id, batch.revision)? else { return Ok(None) };
    let (RevisionAction::Appended, Some(text)) = (row.action, &row.recipe) else { return Ok(None) };
    let assets = StoredRecipe::parse(text)?.recipe.assets.unwrap_or_default();
    let is_of_client = row.actor == actor.user && row.text == told(assets.len());
    Ok((is_of_client && assets.len() + more <= REVISION_ASSETS_MAX).then_some((row, assets)))
}
