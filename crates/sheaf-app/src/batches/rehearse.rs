//! Rehearsing a batch: what the queue would do with it and the people who are there, worked out in memory
//! (`sheaf_model::rehearsal`) from one snapshot. Nothing is written.

use sheaf_model::quality::GOLD_RATE_MAX;
use sheaf_model::rehearsal::{
    BATCHES_MAX, Did, Hand, Line, Outcome, PEOPLE_MAX, Rehearsed, rehearse as play,
};
use sheaf_model::{BatchId, BatchKind, BatchState, ProjectId, Role, Roles, TaskRules};
use sheaf_store::Tx;
use sheaf_store::batch_hours::hour;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;

use super::advice::{Advice, advice};
use super::gold::{Supply, supply};
use crate::insights::median;
use crate::queue::open::{Served, served};
use crate::{Access, Actor, App, Error, Result, local};

/// Seconds of an answer when nothing is known.
const SECONDS_GUESS: f64 = 60.0;
/// Answers that a measured time is at least of, and those of each person that are looked at.
const MEASURED_MIN: usize = 5;
const MEASURED_OF_EACH: u32 = 20;
/// Hours that the share of what is sent back is measured over, and answers that it is at least of.
const SENT_BACK_HOURS: i64 = 30 * 24;
const SENT_BACK_MIN: i64 = 20;
/// Bounds of what may be assumed.
const SECONDS_MAX: f64 = 86_400.0;
const SENT_BACK_MAX: f64 = 0.9;

/// What is to be assumed in the place of what is so.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assume {
    pub annotators: Option<u32>,
    pub reviewers: Option<u32>,
    /// Of a batch that is not launched.
    pub overlap: Option<u8>,
    pub review_levels: Option<u8>,
    pub priority: Option<i64>,
    /// Seconds of a judgement, and of a review.
    pub seconds: Option<f64>,
    pub review_seconds: Option<f64>,
    /// Share of the judgements that are sent back once: 0 to 0.9.
    pub sent_back: Option<f64>,
    /// Of a person's tasks, how many in a hundred are gold: 0 to 50.
    pub gold_rate: Option<u8>,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    Given,
    /// Measured in this project.
    History,
    Guess,
}

/// What was assumed.
#[derive(Debug, Clone)]
pub struct Assumed {
    pub annotators: usize,
    pub reviewers: usize,
    /// Of them those who are in the project and may work.
    pub eligible_annotators: usize,
    pub eligible_reviewers: usize,
    pub rules: TaskRules,
    pub priority: i64,
    pub seconds: (f64, From),
    pub review_seconds: (f64, From),
    pub sent_back: (f64, From),
    /// Of a person's tasks, how many in a hundred are gold.
    pub gold_rate: u8,
}

#[derive(Debug)]
pub struct Rehearsal {
    pub assumed: Assumed,
    /// Of the batch. Times are seconds of work from now, without nights and pauses.
    pub outcome: Outcome,
    pub people: Vec<Worked>,
    /// The other batches under way, in the queue's order: with this one, and without it.
    pub others: Vec<(BatchId, String, Outcome, Outcome)>,
    /// Batches that go before it.
    pub before: usize,
    /// Tasks that each rehearsed one stands for.
    pub scale: u64,
    pub warnings: Vec<Advice>,
}

/// How much somebody did until the batch ended.
#[derive(Debug, Clone)]
pub struct Worked {
    /// `None`: somebody who is not there yet.
    pub person: Option<PersonName>,
    pub did: Did,
    /// Gold tasks that were to come among theirs, and those that they have not had.
    pub gold: u64,
    pub gold_left: u64,
}

/// What is read before it is played.
struct Stage {
    hands: Vec<(Hand, Option<PersonName>)>,
    assumed: Assumed,
    batch: BatchRow,
    others: Vec<BatchRow>,
    gold: Supply,
    before: usize,
    /// Of all batches, this one at its place: by person, whether it is open to them.
    open: Vec<Vec<bool>>,
    has_taxonomy: bool,
}

pub async fn rehearse(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: BatchId,
    assume: Assume,
) -> Result<Rehearsal> {
    let (now, actor) = (app.now(), actor.clone());
    let stage = app
        .store()
        .read(move |tx| {
            let access = Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let has_taxonomy = access.project.taxonomy_version > 0;
            stage(tx, batch, &assume, has_taxonomy, now)
        })
        .await?;
    // Up to a second of reckoning: not on a thread that serves others.
    crate::uploads::blocking(move || Ok(played(stage))).await
}

fn stage(tx: &Tx<'_>, batch: BatchRow, assume: &Assume, has_taxonomy: bool, now: i64) -> Result<Stage> {
    if matches!(batch.state, BatchState::Completed | BatchState::Cancelled) {
        let message = format!("batch `{}` has ended, so there is nothing to rehearse", batch.name);
        return Err(Error::conflict("bad_state", message));
    }
    let rules = batch.rules.with(assume.overlap, assume.review_levels);
    if rules != batch.rules && batch.state != BatchState::Staging {
        let message = format!("batch `{}` is launched: overlap and reviews stay as they are", batch.name);
        return Err(Error::conflict("bad_state", message));
    }
    if batch.kind.is_quality() {
        let what = format!(
            "batch `{}` is of kind {}: its tasks come beside others",
            batch.name,
            batch.kind.as_str()
        );
        return Err(Error::invalid("not_rehearsed", what).hint("rehearse a batch that labels data"));
    }
    let mut problems = rules.problems();
    problems.extend(assume.priority.and_then(sheaf_model::priority_problem));
    problems.extend(out_of_bounds(assume));
    if !problems.is_empty() {
        return Err(Error::problems("invalid", problems));
    }
    let (mut hands, people) = (Vec::new(), tx.members(batch.project)?);
    let paused = tx.paused_members(batch.project)?;
    for (user, roles) in people.into_iter().take(PEOPLE_MAX) {
        if user.disabled || paused.contains_key(&user.id) || local::is_operator(&user) {
            continue;
        }
        let name = PersonName { id: user.id, name: user.name, email: user.email };
        hands.push((hand(roles), Some(name)));
    }
    let mut others = tx.serving_batches(batch.project)?;
    let mut gold = supply(tx, batch.project, &others)?;
    gold.rate = assume.gold_rate.unwrap_or(gold.rate);
    others.retain(|other| other.id != batch.id && !other.kind.is_quality());
    others.truncate(BATCHES_MAX);
    let mut all = served(tx, batch.project, others.iter().chain([&batch]).cloned().collect())?;
    let this = all.pop().ok_or(Error::not_found("batch"))?;
    let count = |hands: &[(Hand, Option<PersonName>)], does: fn(&Hand) -> bool| {
        hands.iter().filter(|(hand, name)| does(hand) && is_open(&this, name.as_ref())).count()
    };
    let labels: fn(&Hand) -> bool =
        if batch.kind == BatchKind::SelfLabel { |hand| hand.manages } else { |hand| hand.labels };
    let eligible = (count(&hands, labels), count(&hands, |hand| hand.reviews));
    if let Some(n) = assume.annotators {
        resize(&mut hands, &this, n as usize, |hand| &mut hand.labels);
    }
    if let Some(n) = assume.reviewers {
        resize(&mut hands, &this, n as usize, |hand| &mut hand.reviews);
    }
    let seconds = match assume.seconds {
        Some(given) => (given, From::Given),
        None => measured_seconds(tx, batch.project, &hands)?,
    };
    let review_seconds =
        assume.review_seconds.map_or((seconds.0 / 2.0, From::Guess), |given| (given, From::Given));
    let sent_back = match assume.sent_back {
        Some(given) => (given, From::Given),
        None => measured_sent_back(tx, batch.project, now)?,
    };
    let assumed = Assumed {
        annotators: count(&hands, labels),
        reviewers: count(&hands, |hand| hand.reviews),
        eligible_annotators: eligible.0,
        eligible_reviewers: eligible.1,
        rules,
        priority: assume.priority.unwrap_or(batch.priority),
        seconds,
        review_seconds,
        sent_back,
        gold_rate: gold.rate,
    };
    let batch = BatchRow { rules, priority: assumed.priority, ..batch };
    let before = others.iter().take_while(|other| other.place() < batch.place()).count();
    all.insert(before, this);
    let of = |batch: &Served| hands.iter().map(|(_, name)| is_open(batch, name.as_ref())).collect();
    let open = all.iter().map(of).collect();
    Ok(Stage { hands, assumed, batch, others, gold, before, open, has_taxonomy })
}

/// Whether a batch is open to somebody; it is to those who are still to come.
fn is_open(batch: &Served, person: Option<&PersonName>) -> bool {
    person.is_none_or(|person| batch.open_to(person.id))
}

fn out_of_bounds(assume: &Assume) -> Vec<sheaf_model::Problem> {
    let mut out = Vec::new();
    for (path, value) in [("seconds", assume.seconds), ("review_seconds", assume.review_seconds)] {
        if value.is_some_and(|value| !(value > 0.0 && value <= SECONDS_MAX)) {
            let message = format!("must be above 0 and at most {SECONDS_MAX}");
            out.push(sheaf_model::Problem::new(path, message));
        }
    }
    if assume.sent_back.is_some_and(|share| !(0.0..=SENT_BACK_MAX).contains(&share)) {
        out.push(sheaf_model::Problem::new("sent_back", format!("must be from 0 to {SENT_BACK_MAX}")));
    }
    if assume.gold_rate.is_some_and(|rate| rate > GOLD_RATE_MAX) {
        let message = format!("must be from 0 to {GOLD_RATE_MAX} percent");
        out.push(sheaf_model::Problem::new("gold_rate", message));
    }
    for (path, value) in [("annotators", assume.annotators), ("reviewers", assume.reviewers)] {
        if value.is_some_and(|n| n as usize > PEOPLE_MAX / 2) {
            out.push(sheaf_model::Problem::new(path, format!("must be at most {}", PEOPLE_MAX / 2)));
        }
    }
    out
}

fn hand(roles: Roles) -> Hand {
    Hand {
        labels: roles.has(Role::Annotator),
        reviews: roles.has(Role::Reviewer),
        manages: roles.has(Role::Manager),
    }
}

/// Leaves as many people with a role as are wanted of those whom the batch is open to, the first ones, or adds some who
/// are not there yet.
fn resize(
    hands: &mut Vec<(Hand, Option<PersonName>)>,
    batch: &Served,
    wanted: usize,
    role: impl Fn(&mut Hand) -> &mut bool,
) {
    let mut n = 0;
    for (hand, name) in hands.iter_mut() {
        if !is_open(batch, name.as_ref()) {
            continue;
        }
        let has = role(hand);
        n += usize::from(*has);
        *has = *has && n <= wanted;
    }
    for _ in n..wanted {
        let mut new = Hand { labels: false, reviews: false, manages: false };
        *role(&mut new) = true;
        hands.push((new, None));
    }
}

/// The median of the newest answers of the people who would work.
fn measured_seconds(
    tx: &Tx<'_>,
    project: ProjectId,
    hands: &[(Hand, Option<PersonName>)],
) -> Result<(f64, From)> {
    let mut all = Vec::new();
    for (_, name) in hands.iter().filter(|(hand, _)| hand.labels).take(100) {
        let Some(name) = name else { continue };
        all.extend(tx.newest_seconds(project, None, name.id, MEASURED_OF_EACH)?);
    }
    let enough = all.len() >= MEASURED_MIN;
    let found = median(all).filter(|seconds| enough && *seconds > 0.0);
    Ok(found.map_or((SECONDS_GUESS, From::Guess), |seconds| (seconds, From::History)))
}

/// The share of the last month's answers to reviewed batches that were sent back.
fn measured_sent_back(tx: &Tx<'_>, project: ProjectId, now: i64) -> Result<(f64, From)> {
    let (mut labels, mut sent_back) = (0, 0);
    for batch in tx.batches(project)?.iter().filter(|row| row.rules.review_levels > 0) {
        for (_, work) in tx.batch_hours(project, batch.id, hour(now) - SENT_BACK_HOURS)? {
            labels += work.labels;
            sent_back += work.sent_back;
        }
    }
    if labels < SENT_BACK_MIN {
        return Ok((0.0, From::Guess));
    }
    Ok(((sent_back as f64 / labels as f64).min(SENT_BACK_MAX), From::History))
}

/// What is left of a batch. Judgements that are under way count as not begun.
fn line(batch: &BatchRow, assumed: &Assumed, gold: &Supply, open: Vec<bool>) -> Line {
    let counts = &batch.progress.counts;
    let unfinished = (batch.n_members - counts.done - counts.blocked).max(0);
    let labels = (batch.n_judgements() - counts.submitted - counts.blocked).max(0);
    let tasks = (labels as u64).div_ceil(u64::from(batch.rules.overlap)).min(unfinished as u64);
    // What is sent back is done and reviewed once more.
    let more = if batch.rules.review_levels > 0 { 1.0 + assumed.sent_back.0 } else { 1.0 };
    Line {
        tasks,
        labelled: unfinished as u64 - tasks,
        rules: batch.rules,
        self_label: batch.kind == BatchKind::SelfLabel,
        open_to: Some(open),
        label_seconds: assumed.seconds.0 * more * gold.more_time(),
        review_seconds: assumed.review_seconds.0 * more,
    }
}

fn played(stage: Stage) -> Rehearsal {
    let Stage { hands, assumed, batch, others, gold, before, mut open, has_taxonomy } = stage;
    let people: Vec<Hand> = hands.iter().map(|(hand, _)| *hand).collect();
    let line = |row: &BatchRow, open| line(row, &assumed, &gold, open);
    let this = line(&batch, open.remove(before));
    let without: Vec<Line> = others.iter().zip(open).map(|(row, open)| line(row, open)).collect();
    let mut with = without.clone();
    with.insert(before, this);
    let (alone, all) = (play(&people, &without), play(&people, &with));
    let Rehearsed { mut batches, people: did, scale } = all;
    let outcome = batches.remove(before);
    let others: Vec<_> = others
        .into_iter()
        .zip(batches.into_iter().zip(alone.batches))
        .map(|(row, (with, without))| (row.id, row.name, with, without))
        .collect();
    let people: Vec<_> = hands
        .into_iter()
        .zip(did)
        .filter(|((hand, _), _)| {
            hand.labels || hand.reviews || batch.kind == BatchKind::SelfLabel && hand.manages
        })
        .map(|((_, person), did)| {
            let (gold_left, gold) = (gold.left(person.as_ref().map(|it| it.id)), gold.among(did.labels));
            Worked { person, did, gold, gold_left }
        })
        .collect();
    let mut out = Rehearsal { assumed, outcome, people, others, before, scale, warnings: Vec::new() };
    out.warnings = advice(&out, batch.kind, has_taxonomy);
    out
}
