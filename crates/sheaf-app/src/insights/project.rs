//! What goes on in a project: its batches under way, what came in by the hour, who did it.

use std::collections::BTreeMap;

use sheaf_model::{Millis, ProjectId};
use sheaf_store::batch_hours::{HOUR_MS, Work};
use sheaf_store::batches::BatchRow;

use super::{HourWork, PersonInsights, every_hour, first_hour, people};
use crate::batches::view::{BatchView, view};
use crate::{Access, Actor, App, Result};

#[derive(Debug)]
pub struct Insights {
    /// Launched and not ended, or ended within the time; the newest first.
    pub batches: Vec<BatchView>,
    pub hours: Vec<HourWork>,
    /// Within the time.
    pub people: Vec<PersonInsights>,
}

/// Batches that are shown.
const BATCHES_MAX: usize = 100;

pub async fn project(app: &App, actor: &Actor, project: ProjectId, hours: u32) -> Result<Insights> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let first = first_hour(now, hours)?;
            let all = tx.batches(project)?;
            let live: Vec<&BatchRow> = all.iter().filter(|row| moves(row, first * HOUR_MS)).collect();
            let mut done: BTreeMap<i64, Work> = BTreeMap::new();
            for row in &live {
                for (at, work) in tx.batch_hours(project, row.id, first)? {
                    *done.entry(at).or_default() += work;
                }
            }
            let shown = live.iter().filter(|row| !row.archived).take(BATCHES_MAX);
            Ok(Insights {
                batches: shown.map(|row| view(tx, row, now)).collect::<Result<_>>()?,
                hours: every_hour(first, now, &done),
                people: people(tx, &live, first, now)?,
            })
        })
        .await
}

/// Whether anything can have come in to a batch since a time.
fn moves(row: &BatchRow, since: Millis) -> bool {
    row.launched.is_some() && !row.brought_in && row.ended.is_none_or(|at| at >= since)
}
