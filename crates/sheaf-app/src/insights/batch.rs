//! The progress of one batch.

use sheaf_model::{BatchId, ProjectId};

use super::{HourWork, PersonInsights, every_hour, first_hour, people};
use crate::batches::view::{BatchView, view};
use crate::{Access, Actor, App, Error, Result};

#[derive(Debug)]
pub struct BatchInsights {
    pub batch: BatchView,
    pub hours: Vec<HourWork>,
    /// Over all time.
    pub people: Vec<PersonInsights>,
}

/// Counts, pace, the last so many hours, and who did what from the beginning.
pub async fn batch(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    hours: u32,
) -> Result<BatchInsights> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let first = first_hour(now, hours)?;
            let row = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let done = tx.batch_hours(project, id, first)?.into_iter().collect();
            Ok(BatchInsights {
                batch: view(tx, &row, now)?,
                hours: every_hour(first, now, &done),
                people: people(tx, &[&row], 0, now)?,
            })
        })
        .await
}
