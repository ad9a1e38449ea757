//! "Make it again": the recipe of a batch carried out once more, as the library was then or as it is now.

use sheaf_model::{BatchId, ProjectId};
use sheaf_query::Mode;

use super::create::insert;
use super::select::select;
use super::view::BatchView;
use super::{NewBatch, StoredRecipe};
use crate::library::Look;
use crate::{Access, Actor, App, Error, Result};

/// Which state of the library the recipe is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RerunAt {
    /// The assets and the earlier batches that there were: the same members. (Metadata that was changed since, and
    /// what was labelled since, count as they are now.)
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
        .write(move |tx| {
            Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let stored: StoredRecipe =
                serde_json::from_str(&batch.recipe).map_err(|error| Error::internal(error.to_string()))?;
            let (look, before) = match at {
                RerunAt::Then => (Look::below(&inner, tx, project, stored.high_water)?, Some(id)),
                RerunAt::Now => (Look::at(&inner, tx, project)?, None),
            };
            let selection = select(&look, &stored.recipe, Mode::Stored, before)?;
            insert(&inner, tx, &actor, &look, &new, selection)
        })
        .await
}
