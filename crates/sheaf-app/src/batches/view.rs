//! Batches as people see them: state, counts, pace, people, the recipe.

use sheaf_model::{BatchId, GroupId, Millis, ProjectId, StandingBatchId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;

use super::StoredRecipe;
use super::warnings::{Warning, warnings};
use crate::{Access, Actor, App, Error, Result};

/// The pace is measured over this long.
const PACE_MS: Millis = 60 * 60 * 1000;
/// Batches in one page of a list.
pub const PAGE_MAX: u32 = 200;

#[derive(Debug)]
pub struct BatchView {
    pub row: BatchRow,
    pub created_by: Option<PersonName>,
    pub recipe: StoredRecipe,
    /// Answers an hour, over the last hour; `None` when there were none.
    pub per_hour: Option<f64>,
    /// When it ends at this pace.
    pub expected_end: Option<Millis>,
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
            for count in tx.batch_people(project, id)? {
                let Some(person) = tx.person_name(count.person)? else { continue };
                let (submitted, claimed, mean_seconds) = (count.submitted, count.claimed, count.mean_seconds);
                out.people.push(PersonView { person, submitted, claimed, mean_seconds });
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
    let (mut per_hour, mut expected_end) = (None, None);
    if row.state.accepts_submissions() {
        let since = row.launched.map_or(now - PACE_MS, |at| at.max(now - PACE_MS));
        let n = tx.count_batch_submissions_since(row.project, row.id, since)?;
        // A batch that was launched a moment ago has no pace yet.
        let hours = (now - since).max(60_000) as f64 / PACE_MS as f64;
        if n > 0 {
            let pace = n as f64 / hours;
            per_hour = Some(pace);
            let counts = row.progress.counts;
            let left = (row.n_judgements() - counts.submitted - counts.blocked) as f64;
            expected_end = Some(now + (left / pace * PACE_MS as f64) as Millis);
        }
    }
    Ok(BatchView {
        created_by: tx.person_name(row.created_by)?,
        standing: tx.standing_batch_of(row.project, row.id)?,
        recipe,
        per_hour,
        expected_end,
        open_to: open_to(tx, row)?,
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

fn open_to(tx: &Tx<'_>, row: &BatchRow) -> Result<OpenToView> {
    let mut out = OpenToView::default();
    for group in &row.open_to.groups {
        out.groups.extend(tx.group(row.project, *group)?.map(|group| (group.id, group.name)));
    }
    for person in &row.open_to.people {
        out.people.extend(tx.person_name(*person)?);
    }
    Ok(out)
}
