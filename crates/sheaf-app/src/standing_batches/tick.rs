//! Doing what is due, and saying when to look again.

use sheaf_model::{Millis, ProjectId, RunCause, RunOutcome, StandingBatchId};
use sheaf_store::standing_batches::Counting;
use sheaf_store::{Turn, Tx};

use super::count::waiting;
use super::run::{Occasion, carry_out, record};
use crate::library::Look;
use crate::{Actor, App, Error, Result};

/// Due ones that are listed at once.
const DUE_AT_ONCE: u32 = 100;
/// Runs of one standing batch before the others have their turn.
const RUNS_IN_TURN_MAX: usize = 100;
/// How long one is left alone when the server has a fault: no space, damaged data.
const REST_MS: Millis = 60_000;

/// Does everything that is due now. Returns when the next time is due, if any is; new matches are told by
/// [`sheaf_store::Store::library_changes`], new standing batches by [`super::Desk::woken`].
pub async fn tick(app: &App) -> Result<Option<Millis>> {
    run_due(app).await?;
    let more = run_counting(app).await?;
    let now = app.now();
    let next = app.store().read(move |tx| Ok::<_, Error>(tx.next_standing_due(now)?)).await?;
    let (_, rested) = app.standing_batches().resting(now);
    Ok([next, rested, more.then_some(now)].into_iter().flatten().min())
}

async fn run_due(app: &App) -> Result<()> {
    loop {
        let now = app.now();
        let (resting, _) = app.standing_batches().resting(now);
        let limit = DUE_AT_ONCE + u32::try_from(resting).unwrap_or(u32::MAX / 2);
        let due = app.store().read(move |tx| Ok::<_, Error>(tx.due_standing_batches(now, limit)?)).await?;
        let mut any = false;
        for (project, id) in due.into_iter().filter(|(_, id)| !app.standing_batches().rests(*id, now)) {
            any = true;
            let ran = attempt(app, project, id, by_time).await;
            rest_on_fault(app, id, ran.map(|_| ()))?;
        }
        if !any {
            return Ok(());
        }
    }
}

/// Whether there is more to do.
async fn run_counting(app: &App) -> Result<bool> {
    let counting = app.store().read(|tx| Ok::<_, Error>(tx.counting_standing_batches()?)).await?;
    let mut more = false;
    for of in counting {
        let desk = app.standing_batches();
        if desk.is_counted(of.id, of.revision) || desk.rests(of.id, app.now()) {
            continue;
        }
        let counted = run_while_enough(app, of).await;
        more |= matches!(counted, Ok(true));
        rest_on_fault(app, of.id, counted.map(|_| ()))?;
    }
    Ok(more)
}

/// Runs one as long as there are enough new matches, within its turn. Whether there is more to do.
async fn run_while_enough(app: &App, of: Counting) -> Result<bool> {
    for _ in 0..RUNS_IN_TURN_MAX {
        let inner = app.clone();
        let counted = app
            .store()
            .read(move |tx| {
                let Some(row) = tx.standing_batch(of.project, of.id)? else {
                    return Ok((of.revision, false));
                };
                let look = Look::at(&inner, tx, of.project)?;
                let enough = match row.plan.trigger {
                    sheaf_model::Trigger::Matches { every } => {
                        waiting(&look, &row)?.is_some_and(|n| n >= every)
                    }
                    sheaf_model::Trigger::Daily(_) => false,
                };
                Ok((i64::try_from(look.snapshot.revision).unwrap_or(i64::MAX), enough))
            })
            .await;
        let (revision, enough) = match counted {
            // The attempt meets the error again, and records it.
            Err(error) if is_of_the_plan(&error) => (of.revision, true),
            other => other?,
        };
        if !enough || !attempt(app, of.project, of.id, by_matches).await? {
            app.standing_batches().counted(of.id, revision);
            return Ok(false);
        }
    }
    Ok(true)
}

/// A run, or the recording of why there is none.
type Step = fn(&App, &Tx<'_>, ProjectId, StandingBatchId, Option<&str>) -> Result<bool>;

/// Takes a step in a transaction; when the plan cannot be carried out, records that in another. Whether a batch was made
/// or might have been, so that another step may follow.
async fn attempt(app: &App, project: ProjectId, id: StandingBatchId, step: Step) -> Result<bool> {
    let inner = app.clone();
    match app.store().write_in(Turn::audited(project), move |tx| step(&inner, tx, project, id, None)).await {
        Err(error) if is_of_the_plan(&error) => {
            let (inner, message) = (app.clone(), message(&error));
            app.store()
                .write_in(Turn::audited(project), move |tx| step(&inner, tx, project, id, Some(&message)))
                .await
        }
        other => other,
    }
}

/// Deals with the due times of one.
fn by_time(
    app: &App,
    tx: &Tx<'_>,
    project: ProjectId,
    id: StandingBatchId,
    failure: Option<&str>,
) -> Result<bool> {
    let (now, row) = (app.now(), tx.standing_batch(project, id)?);
    let Some(mut row) = row else { return Ok(false) };
    let Some(due) = row.next_due.and_then(|next| row.plan.catch_up.step(next, now)) else { return Ok(false) };
    row.next_due = Some(due.next());
    tx.update_standing_batch(&row)?;
    let occasion = |note| Occasion { cause: RunCause::Time, due: due.at, note };
    let from = || sheaf_query::instant_text(due.first()).unwrap_or_default();
    if let Some(message) = failure {
        record(tx, &row, occasion(Some(message.to_owned())), now, RunOutcome::Failed)?;
    } else if due.skip {
        let note = format!("{} due from {} on passed while nothing ran", times(due.times), from());
        record(tx, &row, occasion(Some(note)), now, RunOutcome::Skipped)?;
    } else {
        let note = (due.times > 1).then(|| format!("for {} due from {} on", times(due.times), from()));
        let creator = Actor { user: row.created_by, is_admin: false };
        carry_out(app, tx, &row, &creator, occasion(note))?;
    }
    Ok(true)
}

fn times(n: i64) -> String {
    if n == 1 { "1 run".to_owned() } else { format!("{n} runs") }
}

/// A run when there are enough new matches.
fn by_matches(
    app: &App,
    tx: &Tx<'_>,
    project: ProjectId,
    id: StandingBatchId,
    failure: Option<&str>,
) -> Result<bool> {
    let Some(row) = tx.standing_batch(project, id)?.filter(|row| !row.paused) else { return Ok(false) };
    let now = app.now();
    let occasion = |note| Occasion { cause: RunCause::Matches, due: now, note };
    if let Some(message) = failure {
        // Once: it is tried again at every upload.
        let last = tx.standing_runs(project, id, None, 1)?.pop();
        let known = last.is_some_and(|last| {
            last.outcome == RunOutcome::Failed && last.message.as_deref() == Some(message)
        });
        if !known {
            record(tx, &row, occasion(Some(message.to_owned())), now, RunOutcome::Failed)?;
        }
        return Ok(false);
    }
    let creator = Actor { user: row.created_by, is_admin: false };
    Ok(carry_out(app, tx, &row, &creator, occasion(None))?.is_some())
}

/// What a manager can do something about. Everything else is the server's fault: the run is not given up for it.
fn is_of_the_plan(error: &Error) -> bool {
    match error {
        Error::BadQuery { .. }
        | Error::Invalid { .. }
        | Error::Conflict { .. }
        | Error::Forbidden { .. }
        | Error::NotFound { .. } => true,
        Error::Unauthenticated { .. }
        | Error::TooMany { .. }
        | Error::Expired { .. }
        | Error::Unavailable
        | Error::FileRemoved
        | Error::Outdated(_)
        | Error::DiskFull
        | Error::Internal(_) => false,
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::Conflict { message, hint: Some(hint), .. }
        | Error::Invalid { message, hint: Some(hint), .. } => {
            format!("{message}; {hint}")
        }
        other => other.to_string(),
    }
}

fn rest_on_fault(app: &App, id: StandingBatchId, done: Result<()>) -> Result<()> {
    match done {
        // Nothing can be written or read at all: there is no use in trying the others.
        Err(error) if error.passes() => Err(error),
        Err(error) => {
            let detail = match &error {
                Error::Internal(detail) => detail.clone(),
                other => other.to_string(),
            };
            tracing::error!(%id, detail, "a standing batch could not run; it is tried again in a minute");
            app.standing_batches().rest(id, app.now() + REST_MS);
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
