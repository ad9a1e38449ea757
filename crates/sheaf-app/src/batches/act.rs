//! Launch, pause, resume, cancel; archive; the end of a batch.

use serde_json::json;
use sheaf_model::{BatchAction, BatchId, BatchState, Millis, ProjectId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::view::{BatchView, view};
use crate::webhooks::outbox::{self, Event};
use crate::{Access, Actor, App, Error, Result};

/// A lease has at least this long to go after its batch was resumed.
const RESUMED_LEASE_MS: Millis = 5 * 60 * 1000;

pub async fn act(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    action: BatchAction,
) -> Result<BatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write(move |tx| {
            Access::manager(tx, &actor, project)?;
            step(&inner, tx, &actor, project, id, action)?;
            view(tx, &tx.batch(project, id)?.ok_or(Error::not_found("batch"))?, inner.now())
        })
        .await
}

/// Opens a batch's blocked tasks again.
pub async fn unblock(app: &App, actor: &Actor, project: ProjectId, id: BatchId) -> Result<BatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write(move |tx| {
            Access::manager(tx, &actor, project)?;
            tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let n = tx.unblock_slots(project, id)?;
            tx.audit(
                inner.now(),
                Some(actor.user),
                "batch.unblock",
                &id.to_string(),
                &json!({ "tasks": n }),
            )?;
            view(tx, &tx.batch(project, id)?.ok_or(Error::not_found("batch"))?, inner.now())
        })
        .await
}

pub(crate) fn step(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    action: BatchAction,
) -> Result<()> {
    let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
    let now = app.now();
    let Some(next) = batch.state.after(action) else {
        let (verb, state) = (action.as_str(), batch.state.as_str().replace('_', " "));
        return Err(Error::conflict(
            "bad_state",
            format!("cannot {verb} batch `{}`: it is {state}", batch.name),
        )
        .details(json!({ "state": batch.state.as_str() })));
    };
    match action {
        BatchAction::Launch => {
            let taxonomy = tx.project(project)?.map_or(0, |project| project.taxonomy_version);
            if taxonomy == 0 {
                return Err(Error::invalid(
                    "no_taxonomy",
                    "the project has no taxonomy, so there is nothing to answer",
                )
                .hint("make a taxonomy in the project's settings, then launch"));
            }
        }
        BatchAction::Resume => {
            tx.extend_leases(project, id, now + RESUMED_LEASE_MS)?;
        }
        BatchAction::Cancel => {
            tx.cancel_slots(project, id)?;
        }
        BatchAction::Pause | BatchAction::Complete | BatchAction::Reopen => {}
    }
    tx.set_batch_state(project, id, next, now)?;
    let what = format!("batch.{}", action.as_str());
    tx.audit(now, Some(actor.user), &what, &id.to_string(), &json!({ "from": batch.state.as_str() }))?;
    if action == BatchAction::Launch {
        outbox::put(tx, project, &Event::BatchLaunched { batch: id, by: actor.user }, now)?;
    }
    Ok(())
}

/// Ends a batch when its last task is done.
pub(crate) fn complete_if_done(app: &App, tx: &Tx<'_>, batch: &BatchRow, now: Millis) -> Result<()> {
    let (project, id) = (batch.project, batch.id);
    if tx.progress(project, id)?.counts.done < batch.n_members {
        return Ok(());
    }
    let Some(batch) = app.roster().batch(tx, project, id)? else { return Ok(()) };
    if batch.state.after(BatchAction::Complete).is_some() {
        tx.set_batch_state(project, id, BatchState::Completed, now)?;
        tx.audit(now, None, "batch.complete", &id.to_string(), &json!({ "from": batch.state.as_str() }))?;
        outbox::put(tx, project, &Event::BatchCompleted { batch: id }, now)?;
    }
    Ok(())
}
