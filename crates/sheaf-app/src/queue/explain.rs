//! Why the queue does what it does: what comes next for a person, and why a task is served or is not. It walks as a claim
//! does, with the claim's own code (`Grant::offer`, `Roster::line`), in the writer, and takes nothing.

use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{BatchState, Millis, ProjectId, SlotPlace, SlotState, TaskId, TaskState, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;
use sheaf_store::queue::drafts::SkipRow;

use super::grant::{Grant, Offer, Source};
use super::open::{Bar, Served, served};
use super::task::batch_of;
use super::{Work, overview};
use crate::{Access, Actor, App, Error, Result};

/// Of a claim and a fence that nothing is taken with.
const NONE: [u8; 16] = [0; 16];

/// What comes next for one person, and why.
#[derive(Debug)]
pub struct PersonQueue {
    pub person: PersonName,
    /// Tasks of the project that they hold now; these come first.
    pub held: Vec<TaskId>,
    /// That they may hold at a time.
    pub held_max: u32,
    /// In the order of a claim: reviews, then labels; in each the batches in the order of the queue.
    pub steps: Vec<Step>,
}

/// A batch on the way of a claim.
#[derive(Debug)]
pub struct Step {
    pub work: Work,
    pub batch: BatchRow,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The next claim gets this task, if nobody else takes it first.
    Next {
        task: TaskId,
        source: Source,
    },
    /// It has a task for them, behind the ones before it.
    Later {
        task: TaskId,
        source: Source,
    },
    /// It has a task for them, and they hold as many as they may.
    HoldsMaximum {
        task: TaskId,
    },
    /// Of known answers: its tasks come in the place of others, so many in a hundred.
    MixedIn {
        rate: u8,
    },
    Barred(Bar),
    Paused,
    /// Every task of it is finished, held, kept for somebody else, blocked, or one that they had a part in or passed on.
    NothingLeft,
}

/// What comes next for the caller in a project, and why.
pub async fn own(app: &App, actor: &Actor, project: ProjectId) -> Result<PersonQueue> {
    let (inner, me) = (app.clone(), actor.user);
    app.store()
        .write_in(project, move |tx| {
            let mut found = walk(&inner, tx, project, me, Error::not_found("project"))?;
            // Who labels is not to know of gold.
            found.steps.retain(|step| !step.batch.kind.is_mixed_in());
            Ok(found)
        })
        .await
}

/// What comes next for a person in a project, and why. For managers.
pub async fn person(app: &App, actor: &Actor, project: ProjectId, person: UserId) -> Result<PersonQueue> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(project, move |tx| {
            Access::manager(tx, &actor, project)?;
            walk(&inner, tx, project, person, Error::not_found("user"))
        })
        .await
}

/// The walk of a person's next claim. In the writer, which sees every claim before it; nothing is written.
fn walk(app: &App, tx: &Tx<'_>, project: ProjectId, person: UserId, nobody: Error) -> Result<PersonQueue> {
    let roles = tx.roles(project, person)?;
    let name = tx.person_name(person)?.filter(|_| !roles.is_empty()).ok_or(nobody)?;
    let row = tx.project(project)?.ok_or(Error::not_found("project"))?;
    let held: Vec<TaskId> = overview::held(tx, person, project)?;
    let held_max = row.settings.leases_max;
    let full = held.len() >= held_max as usize;
    let grant = Grant { app, tx, person, claim: NONE, now: app.now() };
    let mut paused: Vec<BatchRow> = tx.batches(project)?;
    paused.retain(|batch| batch.state == BatchState::Paused && !batch.archived);
    paused.sort_by_key(BatchRow::place);
    let paused = served(tx, project, paused)?;
    let line = app.roster().line(tx, person)?;
    let (mut steps, mut any) = (Vec::new(), false);
    for work in [Work::Review, Work::Label] {
        for stop in line.iter().filter(|stop| stop.project.id == project) {
            let verdict = match grant.offer(stop, work, NONE)? {
                Offer::Task(_) if stop.batch.kind.is_mixed_in() => {
                    Verdict::MixedIn { rate: stop.batch.gold_rate }
                }
                Offer::Barred(bar) => Verdict::Barred(bar),
                Offer::Nothing => Verdict::NothingLeft,
                Offer::Task(found) if full => Verdict::HoldsMaximum { task: found.task },
                Offer::Task(found) if any => Verdict::Later { task: found.task, source: found.source },
                Offer::Task(found) => {
                    any = true;
                    Verdict::Next { task: found.task, source: found.source }
                }
            };
            steps.push(Step { work, batch: (*stop.batch).clone(), verdict });
        }
        for batch in &paused {
            let verdict = batch.bar(person, roles, work).map_or(Verdict::Paused, Verdict::Barred);
            steps.push(Step { work, batch: (*batch.row).clone(), verdict });
        }
    }
    // That a batch has no reviews is no news about a person.
    steps.retain(|step| step.verdict != Verdict::Barred(Bar::NoReviews));
    Ok(PersonQueue { person: name, held, held_max, steps })
}

/// Why a task is served, or is not.
#[derive(Debug)]
pub struct TaskQueue {
    pub batch: BatchRow,
    pub state: TaskState,
    /// What keeps all of it from being served.
    pub stopped: Option<Stopped>,
    /// Of each slot that it has or needs.
    pub slots: Vec<SlotQueue>,
    pub skips: Vec<(SkipRow, Option<PersonName>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    Staging,
    Paused,
    Ended,
    Archived,
    /// The project is archived.
    ProjectArchived,
    /// Nobody who could log in may take what is open of it.
    NobodyEligible,
}

#[derive(Debug)]
pub struct SlotQueue {
    pub place: SlotPlace,
    pub why: SlotWhy,
    /// People who may take it, when it is free.
    pub eligible: usize,
}

#[derive(Debug)]
pub enum SlotWhy {
    /// Nobody has touched the task; so many untouched ones of its batch are handed out before it.
    Untouched {
        ahead: u64,
    },
    /// Free again: handed out before what is untouched.
    Open,
    /// Kept for somebody for so long; after that for anybody.
    Kept {
        person: Option<PersonName>,
        remaining_ms: Millis,
    },
    Leased {
        person: Option<PersonName>,
        remaining_ms: Millis,
    },
    /// The lease has run out; anybody may take it over, and until then the holder may hand it in.
    Overdue {
        person: Option<PersonName>,
    },
    Submitted {
        person: Option<PersonName>,
    },
    Blocked,
    Cancelled,
    /// A review that waits for what it reviews.
    Waiting,
}

pub async fn task(app: &App, actor: &Actor, project: ProjectId, id: TaskId) -> Result<TaskQueue> {
    let (inner, actor) = (app.clone(), actor.clone());
    app.store()
        .write_in(project, move |tx| {
            let access = Access::viewer(tx, &actor, project)?;
            let batch = batch_of(tx, project, id)?;
            let (rows, now) = (tx.task_rows(id)?, inner.now());
            let task = rows.task(batch.rules);
            let people = tx.working_people(project)?;
            let served = served(tx, project, vec![batch.clone()])?;
            let skips = tx.skips_of_task(id)?;
            let untouched = rows.0.is_empty();
            let mut slots = Vec::new();
            for (place, slot) in &task.slots {
                let named = |who: Option<UserId>| who.map_or(Ok(None), |who| tx.person_name(who));
                let why = match slot.state {
                    SlotState::Open if untouched => {
                        SlotWhy::Untouched { ahead: ahead(&inner, tx, &batch, id)? }
                    }
                    SlotState::Open => match slot.kept_for.filter(|(_, until)| *until > now) {
                        Some((whom, until)) => {
                            SlotWhy::Kept { person: named(Some(whom))?, remaining_ms: until - now }
                        }
                        None => SlotWhy::Open,
                    },
                    SlotState::Leased => match slot.lease_until.filter(|until| *until > now) {
                        Some(until) => {
                            SlotWhy::Leased { person: named(slot.holder)?, remaining_ms: until - now }
                        }
                        None => SlotWhy::Overdue { person: named(slot.holder)? },
                    },
                    SlotState::Submitted => {
                        let author = slot.holder.map(|who| tx.author_name(project, who)).transpose()?;
                        SlotWhy::Submitted { person: author.flatten() }
                    }
                    SlotState::Blocked => SlotWhy::Blocked,
                    SlotState::Cancelled => SlotWhy::Cancelled,
                    SlotState::Waiting => SlotWhy::Waiting,
                };
                let work = if place.stage == STAGE_LABEL { Work::Label } else { Work::Review };
                let free = |who: &UserId| {
                    let part = task.slots.iter().any(|(at, it)| at != place && it.holder == Some(*who));
                    let passed = skips.iter().any(|skip| skip.stage == place.stage && skip.person == *who);
                    !part && !passed
                };
                let eligible =
                    served.iter().flat_map(|it: &Served| it.workers(&people, work)).filter(free).count();
                slots.push(SlotQueue { place: *place, why, eligible });
            }
            let waits = |slot: &SlotQueue| {
                matches!(slot.why, SlotWhy::Untouched { .. } | SlotWhy::Open | SlotWhy::Overdue { .. })
            };
            let nobody =
                slots.iter().any(waits) && !slots.iter().any(|slot| waits(slot) && slot.eligible > 0);
            let stopped = match batch.state {
                _ if access.project.archived => Some(Stopped::ProjectArchived),
                BatchState::Staging => Some(Stopped::Staging),
                BatchState::Completed | BatchState::Cancelled => Some(Stopped::Ended),
                _ if batch.archived => Some(Stopped::Archived),
                BatchState::Paused => Some(Stopped::Paused),
                BatchState::InProgress => nobody.then_some(Stopped::NobodyEligible),
            };
            let skips = skips.into_iter().map(|skip| Ok((tx.person_name(skip.person)?, skip)));
            let skips =
                skips.map(|it: Result<_>| it.map(|(name, skip)| (skip, name))).collect::<Result<_>>()?;
            Ok(TaskQueue { state: task.state().within(batch.state), batch, stopped, slots, skips })
        })
        .await
}

/// Untouched tasks of a batch that are handed out before this one. Before the launch no order is worked out.
fn ahead(app: &App, tx: &Tx<'_>, batch: &BatchRow, id: TaskId) -> Result<u64> {
    Ok(app.feeds().ahead(tx, batch, id.ordinal)?.unwrap_or_default())
}
