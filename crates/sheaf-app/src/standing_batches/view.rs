//! Standing batches as people see them, and their history.

use sheaf_model::{ProjectId, StandingBatchId};
use sheaf_store::names::PersonName;
use sheaf_store::standing_batches::{StandingBatchRow, StandingRunRow};

use super::count::waiting;
use super::found;
use crate::batches::view::{OpenToView, open_to};
use crate::library::Look;
use crate::{Access, Actor, App, Error, Result};

/// Runs in one page of a history.
pub const PAGE_MAX: u32 = 500;

#[derive(Debug)]
pub struct StandingBatchView {
    pub row: StandingBatchRow,
    pub created_by: Option<PersonName>,
    /// Names of the groups and people that its batches are open to.
    pub open_to: OpenToView,
    pub last_run: Option<StandingRunRow>,
    /// New matches, of one that waits for them; `None` when its query cannot be answered.
    pub waiting: Option<u64>,
}

pub async fn get(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
) -> Result<StandingBatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            view(&Look::at(&inner, tx, project)?, found(tx, project, id)?)
        })
        .await
}

/// Those of a project, by name.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<StandingBatchView>> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let look = Look::at(&inner, tx, project)?;
            tx.standing_batches(project)?.into_iter().map(|row| view(&look, row)).collect()
        })
        .await
}

/// A page of what came of the runs, newest first, before a number; and how many there are in all.
pub async fn runs(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
    before: Option<i64>,
    limit: u32,
) -> Result<(Vec<StandingRunRow>, i64)> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let row = found(tx, project, id)?;
            Ok((tx.standing_runs(project, id, before, limit.clamp(1, PAGE_MAX))?, row.n_runs))
        })
        .await
}

pub(super) fn view(look: &Look<'_>, row: StandingBatchRow) -> Result<StandingBatchView> {
    let tx = look.tx;
    let waiting = match waiting(look, &row) {
        Ok(waiting) => waiting,
        // Its history says why.
        Err(Error::BadQuery { .. } | Error::Invalid { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(StandingBatchView {
        created_by: tx.person_name(row.created_by)?,
        last_run: tx.standing_runs(row.project, row.id, None, 1)?.pop(),
        open_to: open_to(tx, row.project, &row.plan.open_to)?,
        waiting,
        row,
    })
}
