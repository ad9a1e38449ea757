//! Batches as people see them: state, counts, pace, people, the recipe.

use sheaf_model::{BatchId, GroupId, Millis, OpenTo, ProjectId, StandingBatchId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;

use super::StoredRecipe;
use super::pace::{Pace, pace};
use super::warnings::{Warning, warnings};
use crate::insights;
use crate::{Access, Actor, App, Error, Result};

/// Batches in one page of a list.
pub const PAGE_MAX: u32 = 200;

#[derive(Debug)]
pub struct BatchView {
    pub row: BatchRow,
    pub created_by: Option<PersonName>,
    pub recipe: StoredRecipe,
    pub pace: Pace,
    /// The standing batch that made it.
    pub standing: Option<(StandingBatchId, String)>,
    /// Names of the groups and people that it is open to.
    pub open_to: OpenToView,
    /// Filled for one batch, empty in lists.
    pub people: Vec<PersonView>,
    /// The same.
    pub warnings: Vec<Warning>,
}

#[derive(Debug, Default)]
pub struct OpenToView {
    pub groups: Vec<(GroupId, String)>,
    pub people: Vec<PersonName>,
}

#[derive(Debug)]
pub struct PersonView {
    pub person: PersonName,
    pub submitted: i64,
    pub claimed: i64,
    /// Mean time that an answer took, as the browser measured it.
    pub mean_seconds: Option<f64>,
}

pub async fn get(app: &App, actor: &Actor, project: ProjectId, id: BatchId) -> Result<BatchView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let row = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let mut out = view(tx, &row, now)?;
            for it in insights::people(tx, &[&row], 0, now)? {
                let (submitted, claimed) = (it.total.labels, it.labelling + it.reviewing);
                let mean_seconds = it.total.mean_seconds();
                out.people.push(PersonView { person: it.person, submitted, claimed, mean_seconds });
            }
            if row.state.accepts_submissions() {
                out.warnings = warnings(tx, &row, now)?;
            }
            Ok(out)
        })
        .await
}

/// A page of batches, newest first, and how many there are in all.
pub async fn list(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    archived: bool,
    before: Option<BatchId>,
    limit: u32,
) -> Result<(Vec<BatchView>, i64)> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let rows = tx.batches_page(project, archived, before, limit.clamp(1, PAGE_MAX))?;
            let views = rows.iter().map(|row| view(tx, row, now)).collect::<Result<Vec<_>>>()?;
            Ok((views, tx.count_batches(project, archived)?))
        })
        .await
}

pub(crate) fn view(tx: &Tx<'_>, row: &BatchRow, now: Millis) -> Result<BatchView> {
    let recipe = StoredRecipe::parse(&row.recipe)?;
    Ok(BatchView {
        created_by: tx.person_name(row.created_by)?,
        standing: tx.standing_batch_of(row.project, row.id)?,
        recipe,
        open_to: open_to(tx, row.project, &row.open_to)?,
        pace: pace(tx, row, now)?,
        people: Vec::new(),
        warnings: Vec::new(),
        row: row.clone(),
    })
}

/// A batch after a step of a manager's, with what they should know of it.
pub(super) fn after(tx: &Tx<'_>, project: ProjectId, id: BatchId, now: Millis) -> Result<BatchView> {
    let row = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
    let mut out = view(tx, &row, now)?;
    if row.state.accepts_submissions() {
        out.warnings = warnings(tx, &row, now)?;
    }
    Ok(out)
}

/// Names of those who are still there.
pub(crate) fn open_to(tx: &Tx<'_>, project: ProjectId, named: &OpenTo) -> Result<OpenToView> {
    let mut out = OpenToView::default();
    for group in &named.groups {
        out.groups.extend(tx.group(project, *group)?.map(|group| (group.id, group.name)));
    }
    for person in &named.people {
        out.people.extend(tx.person_name(*person)?);
    }
    Ok(out)
}
