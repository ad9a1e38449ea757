//! The batch of answers that people gave elsewhere. It is completed from the first of them on: nobody is offered a task of it, and
//! it grows by what is brought in only.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Recipe, RevisionAction};
use sheaf_store::Tx;
use sheaf_store::batch_revisions::RevisionRow;
use sheaf_store::batches::BatchRow;

use super::create::{insert_members, stamp};
use super::{NewBatch, StoredRecipe};
use crate::{Access, Actor, App, Error, Result};

/// An error when the answers of a batch were brought in: `cannot` says what is not done to such a one.
pub(crate) fn not_brought_in(batch: &BatchRow, cannot: &str) -> Result<()> {
    if !batch.brought_in {
        return Ok(());
    }
    let what = format!("the answers of the batch `{}` were brought in from elsewhere: {cannot}", batch.name);
    Err(Error::conflict("brought_in", what).hint(
        "make another batch of its assets, without leaving out what was included, to have them labelled here",
    ))
}

/// Members have no recipe of their own: they are what answers were brought in of.
fn recipe(access: &Access) -> StoredRecipe {
    StoredRecipe {
        recipe: Recipe { assets: Some(Vec::new()), ..Recipe::default() },
        high_water: access.project.n_assets,
        library_revision: access.project.revision,
        text: "answers that were brought in".to_owned(),
        short_by: 0,
        fit: None,
        steps: Vec::new(),
        family: None,
    }
}

/// A new one. Whoever makes it must have been asked for the role.
pub(crate) fn make(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    access: &Access,
    name: &str,
    members: &RoaringBitmap,
) -> Result<BatchId> {
    let (project, new) = (access.project.id, NewBatch { name: name.to_owned(), ..NewBatch::default() });
    let made = insert_members(app, tx, actor, project, &new, &recipe(access), members)?;
    tx.begin_brought_in(project, made.row.id, app.now())?;
    Ok(made.row.id)
}

/// Adds assets that are no members. All parts of a call are one revision, which the first of them makes: the revision.
pub(crate) fn grow(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    access: &Access,
    batch: &BatchRow,
    added: &RoaringBitmap,
    revision: Option<i64>,
) -> Result<Option<i64>> {
    if added.is_empty() {
        return Ok(revision);
    }
    let (project, id) = (batch.project, batch.id);
    tx.add_brought_in(batch, added, stamp()?)?;
    if let Some(revision) = revision {
        tx.add_to_revision(project, id, revision, added.len())?;
        return Ok(Some(revision));
    }
    let stored = recipe(access);
    let row = RevisionRow {
        revision: batch.revision + 1,
        action: RevisionAction::Appended,
        n: added.len() as i64,
        text: stored.text.clone(),
        recipe: Some(stored.to_json()?),
        at: app.now(),
        actor: actor.user,
    };
    tx.count_revision(project, id)?;
    tx.insert_revision(project, id, &row)?;
    Ok(Some(row.revision))
}
