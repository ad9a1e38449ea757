//! A claim: what the person holds already, then one task after another until they have as many as they asked for.

use std::sync::Arc;

use sheaf_model::quality::falls_on_gold;
use sheaf_model::slot::Fence;
use sheaf_model::{BatchState, ProjectId, Role, Roles, SlotEvent, TaskEvent};
use sheaf_store::projects::ProjectRow;
use sheaf_store::queue::SlotRow;
use sheaf_store::{Ask, Turn, Tx};

use super::grant::{Grant, Offer, Work, lease_ms};
use super::open::served;
use super::roster::Stop;
use super::task::{TaskView, view, view_asks};
use crate::quality::serve::given;
use crate::{Actor, App, Error, Result, ids};

/// What a client asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Made by the client; a repeat gets the same tasks again.
    pub claim_id: [u8; 16],
    pub project: Option<ProjectId>,
    /// Only labels or only reviews; both when it is left out, reviews first.
    pub work: Option<Work>,
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
    /// Everything is labelled, and reviews of it are to come or under way.
    InReview,
    /// Nothing waits for a review, and labels are still to come.
    ReviewsLater,
    /// A manager lets them have nothing new.
    Paused,
}

impl Empty {
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMember => "not_member",
            Self::NotAnnotator => "not_annotator",
            Self::NoBatches => "no_batches",
            Self::AllHeld => "all_held",
            Self::AllDone => "all_done",
            Self::InReview => "in_review",
            Self::ReviewsLater => "reviews_later",
            Self::Paused => "paused",
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
                "what is left is in somebody's hands or is for other people; what is given back appears here"
            }
            Self::AllDone => "everything is done; thank you",
            Self::InReview => {
                "everything is labelled, and reviews are still to come; what is sent back appears here"
            }
            Self::ReviewsLater => {
                "nothing waits for a review right now; reviews appear here as answers are handed in"
            }
            Self::Paused => {
                "a manager has paused you in this project: you get no new tasks until they let you go on"
            }
        }
    }
}

/// Tasks that one claim may ask for.
const COUNT_MAX: u32 = 10;

pub async fn claim(app: &App, actor: &Actor, claim: Claim) -> Result<Claimed> {
    if claim.count < 1 || claim.count > COUNT_MAX {
        return Err(Error::invalid("bad_count", format!("`count` must be between 1 and {COUNT_MAX}")));
    }
    let (granting, showing, actor) = (app.clone(), app.clone(), actor.clone());
    let projects = app.roster().projects(app.store(), actor.user, claim.project).await?;
    let asks = match projects[..] {
        [project] => vec![Ask::Held(project, actor.user)],
        _ => Vec::new(),
    };
    app.store()
        .write_and_finish(
            Turn::projects(projects),
            asks,
            move |tx| grant(&granting, tx, &actor, &claim),
            |(rows, _)| rows.iter().flat_map(view_asks).collect(),
            // In the same transaction: a task is shown as it was granted, and it is one trip instead of two.
            move |tx, (rows, reason)| {
                let tasks =
                    rows.iter().map(|(row, _)| view(&showing, tx, row)).collect::<Result<Vec<_>>>()?;
                Ok(Claimed { reason: if tasks.is_empty() { reason } else { None }, tasks })
            },
        )
        .await
}

type Eligible = [(Arc<ProjectRow>, Roles)];

/// What a person holds, each with the source of pre-labels of its batch; or why they hold nothing.
type Granted = (Vec<(SlotRow, Option<String>)>, Option<Empty>);

fn grant(app: &App, tx: &Tx<'_>, actor: &Actor, claim: &Claim) -> Result<Granted> {
    let now = app.now();
    let mut eligible = app.roster().eligible(tx, actor.user, claim.project)?;
    // A project that they have come into since they asked is for the next claim.
    eligible.retain(|(project, _)| tx.has_turn(project.id));
    let mut held = renewed(app, tx, actor, &eligible)?;
    let repeated = held.iter().any(|row: &SlotRow| row.claim == Some(claim.claim_id));
    let grant = Grant { app, tx, person: actor.user, claim: claim.claim_id, now };
    let line = app.roster().line(tx, actor.user)?;
    let mut fence = ids::random()?;
    // Reviews of all projects come before new tasks of any.
    for work in [Work::Review, Work::Label] {
        if claim.work.is_some_and(|only| only != work) {
            continue;
        }
        let wanted = |stop: &&Stop| {
            claim.project.is_none_or(|only| only == stop.project.id) && tx.has_turn(stop.project.id)
        };
        for stop in line.iter().filter(wanted).filter(|stop| !stop.batch.kind.is_mixed_in()) {
            let max = claim.count.min(stop.project.settings.leases_max) as usize;
            while !repeated && held.len() < max {
                let Offer::Task(found) = grant.offer(stop, work, fence)? else { break };
                let gold = if work == Work::Label { gold(&grant, &line, stop, fence)? } else { None };
                let Some(row) = gold.map_or_else(|| grant.take(stop, &found), |row| Ok(Some(row)))? else {
                    break;
                };
                held.push(row);
                fence = ids::random()?;
            }
        }
    }
    let reason = if held.is_empty() { Some(why_empty(app, tx, actor, &eligible, claim)?) } else { None };
    let mut rows = Vec::with_capacity(held.len());
    for row in held {
        let batch = app.roster().batch(tx, row.key.task.project, row.key.task.batch)?;
        rows.push((row, batch.and_then(|batch| batch.prelabels.clone())));
    }
    Ok((rows, reason))
}

/// A gold task in the place of one of `stop`, when the claim falls on gold and there is one that this person has not had.
fn gold(grant: &Grant<'_>, line: &[Stop], stop: &Stop, fence: Fence) -> Result<Option<SlotRow>> {
    if stop.batch.kind.is_quality() {
        return Ok(None);
    }
    for gold in line.iter().filter(|gold| gold.batch.kind.is_mixed_in() && gold.project.id == stop.project.id)
    {
        // Bits of the fence, which are new with every task and which nobody can foresee.
        if falls_on_gold(gold.batch.gold_rate, u16::from_be_bytes([fence[0], fence[1]]))
            && let Offer::Task(found) = grant.offer(gold, Work::Label, fence)?
        {
            let row = grant.take(gold, &found)?;
            if let Some(row) = &row {
                given(grant.tx, &gold.batch, row.key.task, grant.person, Some(&stop.batch), grant.now)?;
            }
            return Ok(row);
        }
    }
    Ok(None)
}

/// What a person holds in these projects, each lease renewed: asking for it is a sign of life. What was held for too long
/// is not renewed; it is up for anybody.
fn renewed(app: &App, tx: &Tx<'_>, actor: &Actor, eligible: &Eligible) -> Result<Vec<SlotRow>> {
    let now = app.now();
    let mut out = Vec::new();
    // Of one project it was asked for ahead; of many it is one question all the same.
    let held = match eligible {
        [(project, _)] => tx.held_in(project.id, actor.user)?,
        _ => tx.held_slots(actor.user)?,
    };
    for row in held {
        let id = row.key.task;
        let Some((project, _)) = eligible.iter().find(|(project, _)| project.id == id.project) else {
            continue;
        };
        let Some(batch) = app.roster().batch(tx, id.project, id.batch)? else { continue };
        let Some(fence) = row.slot.fence else { continue };
        let rows = tx.task_rows(id)?;
        let beat = SlotEvent::Heartbeat { fence, lease_ms: lease_ms(project) };
        let event = TaskEvent::Slot(row.key.place(), beat);
        let Ok(next) = rows.task(batch.rules).after(&event, batch.state, now) else { continue };
        if tx.move_task(id, &rows, &next, None)?
            && let Some(slot) = next.slots.get(&row.key.place())
        {
            out.push(SlotRow { slot: slot.clone(), ..row });
        }
    }
    Ok(out)
}

fn why_empty(app: &App, tx: &Tx<'_>, actor: &Actor, eligible: &Eligible, claim: &Claim) -> Result<Empty> {
    let (mut works, mut done, mut left, mut halted) = (false, false, false, false);
    let (mut in_review, mut reviews_later, mut paused) = (false, false, false);
    for (project, roles) in eligible {
        works |= roles.has(Role::Annotator);
        if app.roster().paused(tx, project.id, actor.user)? {
            paused = true;
            continue;
        }
        for batch in served(tx, project.id, tx.batches(project.id)?)? {
            let asked = |work| {
                claim.work.is_none_or(|only| only == work) && batch.bar(actor.user, *roles, work).is_none()
            };
            let (labels, reviews, batch) = (asked(Work::Label), asked(Work::Review), &batch.row);
            if !labels && !reviews {
                continue;
            }
            works |= reviews;
            // Who got nothing has had all of its tasks that were theirs.
            if batch.kind.is_quality() {
                continue;
            }
            let counts = batch.progress.counts;
            let to_label = batch.n_judgements() > counts.submitted + counts.blocked;
            let to_review = counts.review_open + counts.review_leased > 0;
            let mine = labels && to_label || reviews && to_review;
            let serves = batch.state.serves();
            left |= serves && mine;
            in_review |= serves && labels && !to_label && to_review;
            reviews_later |= serves && reviews && !to_review && to_label;
            // A paused batch with tasks left is not the end of the work, and neither is a cancelled one.
            halted |= batch.state == BatchState::Paused && mine;
            done |= counts.submitted > 0 && batch.state != BatchState::Cancelled;
        }
    }
    if !works && !left && !halted && !done && !paused {
        return Ok(if eligible.is_empty() && claim.project.is_some() {
            Empty::NotMember
        } else {
            Empty::NotAnnotator
        });
    }
    Ok(match () {
        () if left => Empty::AllHeld,
        () if paused => Empty::Paused,
        () if in_review => Empty::InReview,
        () if reviews_later => Empty::ReviewsLater,
        () if done && !halted => Empty::AllDone,
        () => Empty::NoBatches,
    })
}
