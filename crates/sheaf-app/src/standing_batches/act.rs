//! Pausing, going on, and a run by hand.

use serde_json::json;
use sheaf_model::{Millis, ProjectId, RunCause, StandingBatchId, Trigger};
use sheaf_store::standing_batches::StandingBatchRow;
use sheaf_store::{Turn, Tx};

use super::found;
use super::run::{Occasion, carry_out};
use super::view::{StandingBatchView, view};
use crate::library::Look;
use crate::{Access, Actor, App, Result};

/// Makes no more batches until it is resumed. Again is the same.
pub async fn pause(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
) -> Result<StandingBatchView> {
    set_paused(app, actor, project, id, true).await
}

/// Goes on with the next due time; times that passed during the pause are not made up for.
pub async fn resume(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
) -> Result<StandingBatchView> {
    set_paused(app, actor, project, id, false).await
}

async fn set_paused(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
    paused: bool,
) -> Result<StandingBatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    let changed = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let mut row = found(tx, project, id)?;
            let look = Look::at(&inner, tx, project)?;
            if row.paused != paused {
                row.paused = paused;
                row.next_due = next_due(tx, &row, look.now)?;
                tx.update_standing_batch(&row)?;
                let what = if paused { "standing_batch.pause" } else { "standing_batch.resume" };
                tx.audit(look.now, Some(actor.user), what, &id.to_string(), &json!({ "name": row.name }))?;
            }
            view(&look, row)
        })
        .await?;
    app.standing_batches().wake(id);
    Ok(changed)
}

/// The first due time from now on that was not dealt with, whatever the clock says: it may have been set back.
pub(super) fn next_due(tx: &Tx<'_>, row: &StandingBatchRow, now: Millis) -> Result<Option<Millis>> {
    Ok(match row.plan.trigger {
        Trigger::Daily(daily) if !row.paused => {
            let last = tx.last_standing_due(row.project, row.id)?;
            Some(daily.next_after(last.map_or(now, |last| last.max(now))))
        }
        Trigger::Daily(_) | Trigger::Matches { .. } => None,
    })
}

/// A run at this moment, paused or not. What is due next stays as it is. When the plan cannot be carried out the error is
/// the caller's, and nothing is recorded.
pub async fn run_by_hand(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: StandingBatchId,
) -> Result<StandingBatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = found(tx, project, id)?;
            let occasion = Occasion { cause: RunCause::Hand, due: inner.now(), note: None };
            let run = carry_out(&inner, tx, &row, &actor, occasion)?;
            let details = json!({ "name": row.name, "outcome": run.map(|run| run.outcome) });
            tx.audit(inner.now(), Some(actor.user), "standing_batch.run", &id.to_string(), &details)?;
            view(&Look::at(&inner, tx, project)?, found(tx, project, id)?)
        })
        .await
}
