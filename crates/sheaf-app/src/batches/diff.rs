//! What a batch's recipe would make today, beside the members that it has.

use std::time::Instant;

use sheaf_model::{BatchId, ProjectId};

use super::StoredRecipe;
use super::brought_in::not_brought_in;
use super::dry_run::spread;
use super::replay::{Itself, replay};
use crate::library::list::millis;
use crate::library::view::views;
use crate::library::{AssetView, Look};
use crate::{Access, Actor, App, Error, Result};

/// Assets of each sample.
const SAMPLE: usize = 24;

#[derive(Debug)]
pub struct Diff {
    /// Members that the batch has.
    pub then: u64,
    /// Assets that its recipe makes now, as if the batch and those it was split with were not there.
    pub now: u64,
    pub same: u64,
    /// Made now and not members.
    pub added: u64,
    /// Members that are not made now.
    pub removed: u64,
    pub added_sample: Vec<AssetView>,
    pub removed_sample: Vec<AssetView>,
    pub took_ms: f64,
}

pub async fn diff(app: &App, actor: &Actor, project: ProjectId, id: BatchId) -> Result<Diff> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let started = Instant::now();
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            not_brought_in(&batch, "it has no recipe that could be carried out today")?;
            let look = Look::at(&inner, tx, project)?;
            let stored = StoredRecipe::whole(tx, &batch)?;
            let (now, _) = replay(&look, &batch, &stored, Itself::Forgotten)?;
            let then = tx.batch_members(project, id)?;
            let (added, removed) = (&now - &then, &then - &now);
            let sample = |of| -> Result<Vec<AssetView>> {
                views(tx, project, tx.assets(project, &spread(of, SAMPLE))?)
            };
            Ok(Diff {
                then: then.len(),
                now: now.len(),
                same: then.intersection_len(&now),
                added: added.len(),
                removed: removed.len(),
                added_sample: sample(&added)?,
                removed_sample: sample(&removed)?,
                took_ms: millis(started),
            })
        })
        .await
}
