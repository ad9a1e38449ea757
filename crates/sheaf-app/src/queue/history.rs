//! What a person has handed in, newest first.

use sheaf_model::project::Media;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{BatchId, Millis, ProjectId, SubmissionId, TaskEvent, TaskId, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::submissions::SubmissionRow;

use super::answers::Answers;
use super::grant::eligible;
use super::task::Reviewed;
use crate::library::AssetView;
use crate::library::view::views;
use crate::quality::serve::shown;
use crate::{Actor, App, Error, Result};

/// Answers in one page.
pub const PAGE_MAX: u32 = 100;

#[derive(Debug)]
pub struct Handed {
    pub row: SubmissionRow,
    pub project: (ProjectId, String, Media),
    pub asset: AssetView,
    pub batch: (BatchId, String),
    /// Whether it is the answer that stands and may still be changed.
    pub amendable: bool,
    /// What reviewers said of its task, oldest first.
    pub reviews: Vec<Reviewed>,
}

/// Where the last page ended.
pub type Before = (Millis, SubmissionId);

/// A page of a person's answers in one project, or in all that they label in; and how many there are.
pub async fn history(
    app: &App,
    actor: &Actor,
    only: Option<ProjectId>,
    before: Option<Before>,
    limit: u32,
) -> Result<(Vec<Handed>, i64)> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            let projects = eligible(tx, actor.user, only)?;
            if projects.is_empty() && only.is_some() {
                return Err(Error::not_found("project"));
            }
            let (at, id) = before.unwrap_or((Millis::MAX, SubmissionId([255; 16])));
            let limit = limit.clamp(1, PAGE_MAX);
            let (mut rows, mut total) = (Vec::new(), 0);
            for (project, _) in &projects {
                rows.extend(tx.person_submissions(project.id, actor.user, at, id, limit)?);
                total += tx.count_person_submissions(project.id, actor.user, 0)?;
            }
            rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
            rows.truncate(limit as usize);
            let mut out = Vec::new();
            for row in rows {
                let task = row.key.task;
                let Some(batch) = tx.batch(task.project, task.batch)? else { continue };
                let Some((asset, shown)) = as_labelled(tx, &batch, task, actor.user)? else { continue };
                let Some((of, _)) = projects.iter().find(|(of, _)| of.id == task.project) else { continue };
                let said = tx
                    .task_reviews(task)?
                    .into_iter()
                    .map(|row| Ok(Reviewed { by: tx.person_name(row.person)?, row }));
                out.push(Handed {
                    amendable: amendable(tx, &row, &batch, now)?,
                    project: (of.id, of.name.clone(), of.media),
                    reviews: said.collect::<Result<_>>()?,
                    batch: shown,
                    asset,
                    row,
                });
            }
            Ok((out, total))
        })
        .await
}

/// A task as it was shown to its annotator: its asset, in no other batch than the one that it said it was of.
pub(super) fn as_labelled(
    tx: &Tx<'_>,
    batch: &BatchRow,
    task: TaskId,
    person: UserId,
) -> Result<Option<(AssetView, (BatchId, String))>> {
    let Some(asset) = tx.asset(task.project, task.ordinal)? else { return Ok(None) };
    let Some(mut asset) = views(tx, task.project, vec![asset])?.pop() else { return Ok(None) };
    let other = shown(tx, batch, task, person)?;
    let shown = other.as_ref().unwrap_or(batch);
    let shown = (shown.id, shown.name.clone());
    asset.batches = vec![shown.clone()];
    Ok(Some((asset, shown)))
}

/// Whether an answer stands and its author may change it now.
fn amendable(tx: &Tx<'_>, row: &SubmissionRow, batch: &BatchRow, now: Millis) -> Result<bool> {
    let task = tx.task_rows(row.key.task)?.task(batch.rules);
    let event = TaskEvent::Amend { n: row.key.n, person: row.person };
    if row.key.stage != STAGE_LABEL
        || batch.kind.is_explained()
        || task.after(&event, batch.state, now).is_err()
    {
        return Ok(false);
    }
    Ok(Answers::at(tx, row.key.task, &task)?.standing.iter().any(|stands| stands.id == row.id))
}
