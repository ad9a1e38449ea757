//! "Make it again": a new batch with the members of another, or with what its recipe makes now.

use sheaf_model::{BatchId, OpenTo, ProjectId};

use super::brought_in::not_brought_in;
use super::create::{checked_open_to, insert_members};
use super::replay::{Itself, replay};
use super::view::BatchView;
use super::{NewBatch, StoredRecipe};
use sheaf_store::Turn;

use crate::library::Look;
use crate::{Access, Actor, App, Error, Result};

/// Which state of the library the recipe is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RerunAt {
    /// The one that there was: the same members, whatever was changed, labelled and batched since.
    Then,
    Now,
}

pub async fn rerun(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    new: NewBatch,
    at: RerunAt,
) -> Result<BatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            not_brought_in(&batch, "it has no recipe that could be carried out again")?;
            let stored = StoredRecipe::whole(tx, &batch)?;
            let (members, recipe) = match at {
                // The library is not kept as it was, but what the recipe made of it is.
                RerunAt::Then => (tx.batch_members(project, id)?, stored),
                RerunAt::Now => {
                    let look = Look::at(&inner, tx, project)?;
                    replay(&look, &batch, &stored, Itself::Counts)?
                }
            };
            if members.is_empty() {
                let message = "the recipe picks nothing any more, so there is no batch to make";
                return Err(Error::invalid("empty_batch", message)
                    .hint("what it found may be gone or already included; look at the batch's difference"));
            }
            checked_open_to(tx, project, new.open_to.clone(), &OpenTo::default())?;
            insert_members(&inner, tx, &actor, project, &new, &recipe, &members)
        })
        .await
}
