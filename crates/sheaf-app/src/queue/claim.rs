//! A claim: what the person holds already, then one task after another until they have as many as they asked for.

use sheaf_model::{BatchState, ProjectId, Role, SlotEvent};
use sheaf_store::Tx;
use sheaf_store::queue::SlotRow;

use super::grant::{Grant, eligible, lease_ms, may_label};
use super::task::{TaskView, view};
use crate::{Actor, App, Error, Result, ids};

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Made by the client; a repeat gets the same tasks again.
    pub claim_id: [u8; 16],
    pub project: Option<ProjectId>,
    /// How many tasks the person wants to hold, 1 to 10.
    pub count: u32,
}

/// Tasks, or why there are none.
#[derive(Debug)]
pub struct Claimed {
    pub tasks: Vec<TaskView>,
    pub reason: Option<Empty>,
}

/// Why there is nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    NotMember,
    NotAnnotator,
    NoBatches,
    AllHeld,
    AllDone,
}

impl Empty {
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMember => "not_member",
            Self::NotAnnotator => "not_annotator",
            Self::NoBatches => "no_batches",
            Self::AllHeld => "all_held",
            Self::AllDone => "all_done",
        }
    }
    pub fn message(self) -> &'static str {
        match self {
            Self::NotMember => "you are not an annotator of this project; ask its manager for an invitation",
            Self::NotAnnotator => {
                "you are an annotator of no project here; a manager makes you one on the project's people page"
            }
            Self::NoBatches => {
                "no batch is open right now; tasks appear here as soon as a manager launches one"
            }
            Self::AllHeld => {
                "every task that is left is in somebody's hands; one that is given back appears here"
            }
            Self::AllDone => "everything is labelled; thank you",
        }
    }
}

/// Tasks that one claim may ask for.
const COUNT_MAX: u32 = 10;

pub async fn claim(app: &App, actor: &Actor, claim: Claim) -> Result<Claimed> {
    if claim.count < 1 || claim.count > COUNT_MAX {
        return Err(Error::invalid("bad_count", format!("`count` must be between 1 and {COUNT_MAX}")));
    }
    let (inner, actor) = (app.clone(), actor.clone());
    let claimed = app.store().write(move |tx| grant(&inner, tx, &actor, &claim)).await?;
    let (rows, reason) = claimed;
    let inner = app.clone();
    let tasks = app
        .store()
        .read(move |tx| rows.iter().map(|row| view(&inner, tx, row)).collect::<Result<Vec<_>>>())
        .await?;
    Ok(Claimed { reason: if tasks.is_empty() { reason } else { None }, tasks })
}

fn grant(app: &App, tx: &Tx<'_>, actor: &Actor, claim: &Claim) -> Result<(Vec<SlotRow>, Option<Empty>)> {
    let now = app.now();
    let eligible = eligible(tx, actor.user, claim.project)?;
    let mut held = Vec::new();
    for (project, _) in &eligible {
        held.extend(renewed(app, tx, actor, project)?);
    }
    let repeated = held.iter().any(|row: &SlotRow| row.claim == Some(claim.claim_id));
    for (project, roles) in &eligible {
        let grant = Grant {
            tx,
            feeds: app.feeds(),
            project,
            person: actor.user,
            roles: *roles,
            claim: Some(claim.claim_id),
            now,
        };
        let max = claim.count.min(project.settings.leases_max) as usize;
        while !repeated && held.len() < max {
            let Some(row) = grant.next(ids::random()?)? else { break };
            held.push(row);
        }
    }
    let reason = if held.is_empty() { Some(why_empty(tx, &eligible, claim.project)?) } else { None };
    Ok((held, reason))
}

/// What a person holds in a project, each lease renewed: asking for it is a sign of life. What was held for too long is
/// not renewed; it is up for anybody.
fn renewed(
    app: &App,
    tx: &Tx<'_>,
    actor: &Actor,
    project: &sheaf_store::projects::ProjectRow,
) -> Result<Vec<SlotRow>> {
    let now = app.now();
    let mut out = Vec::new();
    for row in tx.held_slots(project.id, actor.user)? {
        let (Some(fence), Some(batch)) = (row.slot.fence, tx.batch(project.id, row.key.task.batch)?) else {
            continue;
        };
        let beat = SlotEvent::Heartbeat { fence, lease_ms: lease_ms(project) };
        let Ok(slot) = row.slot.after(&beat, batch.state, now) else { continue };
        let renewed = SlotRow { slot, ..row.clone() };
        if tx.move_slot(&row, &renewed)? {
            out.push(renewed);
        }
    }
    Ok(out)
}

fn why_empty(
    tx: &Tx<'_>,
    eligible: &[(sheaf_store::projects::ProjectRow, sheaf_model::Roles)],
    asked: Option<ProjectId>,
) -> Result<Empty> {
    let (mut annotates, mut any_done, mut any_left, mut any_paused) = (false, false, false, false);
    for (project, roles) in eligible {
        annotates |= roles.has(Role::Annotator);
        for batch in tx.batches(project.id)?.iter().filter(|batch| may_label(batch, *roles)) {
            let left = batch.n_members > batch.n_submitted + batch.n_blocked;
            any_left |= batch.state.serves() && left;
            // A paused batch with tasks left is not the end of the work, and neither is a cancelled one.
            any_paused |= batch.state == BatchState::Paused && left;
            any_done |= batch.n_submitted > 0 && batch.state != BatchState::Cancelled;
        }
    }
    if !annotates && !any_left && !any_paused && !any_done {
        return Ok(if eligible.is_empty() && asked.is_some() {
            Empty::NotMember
        } else {
            Empty::NotAnnotator
        });
    }
    Ok(match (any_left, any_done) {
        (true, _) => Empty::AllHeld,
        (false, true) if !any_paused => Empty::AllDone,
        (false, _) => Empty::NoBatches,
    })
}
