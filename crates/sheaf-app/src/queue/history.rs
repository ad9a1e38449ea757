//! What a person has handed in, newest first.

use sheaf_model::{BatchId, Millis, ProjectId, SubmissionId};
use sheaf_store::submissions::SubmissionRow;

use super::grant::eligible;
use crate::library::AssetView;
use crate::library::view::views;
use crate::quality::serve::shown;
use crate::{Actor, App, Error, Result};

/// Answers in one page.
pub const PAGE_MAX: u32 = 100;

#[derive(Debug)]
pub struct Handed {
    pub row: SubmissionRow,
    pub asset: AssetView,
    pub batch: (BatchId, String),
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
    let actor = actor.clone();
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
                let Some(asset) = tx.asset(task.project, task.ordinal)? else { continue };
                let Some(mut asset) = views(tx, task.project, vec![asset])?.pop() else { continue };
                asset.batches.retain(|(id, _)| *id == task.batch);
                let Some(batch) = tx.batch(task.project, task.batch)? else { continue };
                let batch = shown(tx, &batch, task, actor.user)?.unwrap_or(batch);
                out.push(Handed { row, asset, batch: (batch.id, batch.name) });
            }
            Ok((out, total))
        })
        .await
}
