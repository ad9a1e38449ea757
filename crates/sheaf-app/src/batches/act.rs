//! Launch, pause, resume, cancel; archive; the end of a batch.

use roaring::RoaringBitmap;
use serde_json::json;
use sheaf_model::{BatchAction, BatchId, BatchState, Millis, ProjectId, TaskOrder};
use sheaf_store::batches::BatchRow;
use sheaf_store::{Turn, Tx};

use super::order::{self, Prepared};
use super::view::{BatchView, after};
use crate::quality::known;
use crate::webhooks::outbox::{self, Event};
use crate::{Access, Actor, App, Error, Result, scale};

/// A lease has at least this long to go after its batch was resumed.
const RESUMED_LEASE_MS: Millis = 5 * 60 * 1000;

pub async fn act(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    action: BatchAction,
) -> Result<BatchView> {
    let mut prepared = None;
    if action == BatchAction::Launch {
        let who = actor.clone();
        prepared = order::prepare(app, project, id, move |look, batch| {
            Access::manager(look.tx, &who, project)?;
            if batch.state.launched() {
                return Ok(None);
            }
            Ok(Some((look.tx.batch_members(project, id)?, RoaringBitmap::new())))
        })
        .await?;
    }
    let (inner, actor, ready) = (app.clone(), actor.clone(), prepared.clone());
    let done = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            step_prepared(&inner, tx, &actor, project, id, action, ready.as_ref())?;
            after(tx, project, id, inner.now())
        })
        .await;
    if done.is_err() {
        order::discard(app, project, id, prepared.as_ref()).await;
    }
    done
}

/// Opens a batch's blocked tasks again.
pub async fn unblock(app: &App, actor: &Actor, project: ProjectId, id: BatchId) -> Result<BatchView> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
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
            after(tx, project, id, inner.now())
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
    step_prepared(app, tx, actor, project, id, action, None)
}

/// Without a taxonomy nothing is launched.
pub(crate) fn need_taxonomy(tx: &Tx<'_>, project: ProjectId) -> Result<()> {
    if tx.project(project)?.is_some_and(|project| project.taxonomy_version > 0) {
        return Ok(());
    }
    Err(Error::invalid("no_taxonomy", "the project has no taxonomy, so there is nothing to answer")
        .hint("make a taxonomy in the project's settings, then launch"))
}

fn step_prepared(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    action: BatchAction,
    prepared: Option<&Prepared>,
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
            need_taxonomy(tx, project)?;
            known::all_there(tx, &batch)?;
            if batch.order != TaskOrder::Upload {
                order::begin(app, tx, &batch, &tx.batch_members(project, id)?, prepared)?;
            }
        }
        BatchAction::Resume => {
            tx.extend_leases(project, id, now + RESUMED_LEASE_MS)?;
        }
        BatchAction::Cancel => {
            tx.cancel_slots(project, id)?;
            if batch.of_client {
                scale::cancel_all(app, tx, &batch)?;
            }
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
    // Of a client's batch some tasks may be on their way into it.
    if batch.of_client && !scale::all_ended(tx, batch)? {
        return Ok(());
    }
    let Some(batch) = app.roster().batch(tx, project, id)? else { return Ok(()) };
    if batch.state.after(BatchAction::Complete).is_some() {
        tx.set_batch_state(project, id, BatchState::Completed, now)?;
        tx.audit(now, None, "batch.complete", &id.to_string(), &json!({ "from": batch.state.as_str() }))?;
        outbox::put(tx, project, &Event::BatchCompleted { batch: id }, now)?;
        if batch.of_client {
            scale::batch_ended(tx, &batch, now)?;
        }
    }
    Ok(())
}
