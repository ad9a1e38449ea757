//! The revisions of a batch's members: when it was made, appended to, removed from, by whom and with which recipe.

use sheaf_model::{BatchId, ProjectId};
use sheaf_store::batch_revisions::RevisionRow;
use sheaf_store::names::PersonName;

use super::view::PAGE_MAX;
use crate::{Access, Actor, App, Error, Result};

#[derive(Debug)]
pub struct RevisionView {
    pub row: RevisionRow,
    pub by: Option<PersonName>,
}

/// A page of revisions, newest first, and how many there are in all.
pub async fn revisions(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    before: Option<i64>,
    limit: u32,
) -> Result<(Vec<RevisionView>, i64)> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let rows = tx.batch_revisions_page(project, id, before, limit.clamp(1, PAGE_MAX))?;
            let views = rows.into_iter().map(|row| Ok(RevisionView { by: tx.person_name(row.actor)?, row }));
            Ok((views.collect::<Result<Vec<_>>>()?, batch.revision))
        })
        .await
}
