//! Lists of a batch's touched tasks by where they stand, for its managers.

use std::collections::HashMap;

use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, SlotPlace, SlotState, TaskId, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;
use sheaf_store::queue::SlotRow;
pub use sheaf_store::queue::list::Place;
use sheaf_store::queue::list::{Listed, START, place_of};

use crate::library::AssetView;
use crate::library::view::views;
use crate::{Access, Actor, App, Error, Result};

/// Tasks in one page.
pub const PAGE_MAX: u32 = 100;
/// Steps of a walk to finished tasks that one page may take; beyond it the page is short and the next goes on.
const DONE_STEPS: u32 = 20;

/// Which tasks are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In somebody's hands, to be labelled or reviewed; what has been due for longest first.
    Held,
    Blocked,
    /// Judgements that came back, for anybody.
    Open,
    /// Reviews that are free for anybody.
    ToReview,
    /// Kept for somebody for a while.
    Kept,
    Done,
}

#[derive(Debug, Clone)]
pub struct Asked {
    pub standing: Standing,
    /// Only what this person holds.
    pub holder: Option<UserId>,
    pub after: Option<Place>,
    pub limit: u32,
}

/// A page; where the next one begins; how many there are, when it is known.
#[derive(Debug)]
pub struct Tasks {
    pub items: Vec<TaskRow>,
    pub next: Option<Place>,
    pub total: Option<i64>,
}

/// One judgement or review of a task, or a whole task that is done.
#[derive(Debug)]
pub struct TaskRow {
    pub task: TaskId,
    pub asset: AssetView,
    /// `None` of a task that is done.
    pub place: Option<SlotPlace>,
    pub round: i64,
    /// Who holds it; of a task that is done, its authors and reviewers.
    pub people: Vec<PersonName>,
    pub held_since: Option<Millis>,
    /// Negative when it is overdue.
    pub lease_remaining_ms: Option<Millis>,
    pub kept_for: Option<(PersonName, Millis)>,
    pub skips: Vec<Skipped>,
}

/// That somebody passed on it.
#[derive(Debug)]
pub struct Skipped {
    pub by: Option<PersonName>,
    pub reason: String,
    pub at: Millis,
}

pub async fn list(app: &App, actor: &Actor, project: ProjectId, id: BatchId, asked: Asked) -> Result<Tasks> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            let batch = tx.batch(project, id)?.ok_or(Error::not_found("batch"))?;
            let asked = Asked { limit: asked.limit.clamp(1, PAGE_MAX), ..asked };
            match (asked.standing, asked.holder) {
                (Standing::Done, None) => done(tx, &batch, &asked),
                (Standing::Held, _) | (_, None) => slots(tx, &batch, &asked, now),
                _ => Err(Error::invalid("bad_filter", "only what is held can be listed by its holder")),
            }
        })
        .await
}

fn slots(tx: &Tx<'_>, batch: &BatchRow, asked: &Asked, now: Millis) -> Result<Tasks> {
    let counts = &batch.progress.counts;
    let (what, mut total) = match asked.standing {
        Standing::Held | Standing::Done => (Listed::Held, Some(counts.leased + counts.review_leased)),
        Standing::Blocked => (Listed::Blocked, Some(counts.blocked)),
        Standing::Open => (Listed::Open, None),
        Standing::ToReview => (Listed::ToReview, None),
        Standing::Kept => (Listed::Kept, None),
    };
    let (project, id) = (batch.project, batch.id);
    let (rows, next) = match asked.holder {
        // What one person holds is a handful.
        Some(person) => {
            let mut rows = tx.held_in(project, person)?;
            rows.retain(|row| row.key.task.batch == id);
            total = Some(rows.len() as i64);
            (rows, None)
        }
        None => {
            let after = asked.after.unwrap_or(START);
            let mut rows = tx.listed_slots(project, id, batch.rules, what, after, asked.limit + 1)?;
            let more = rows.len() > asked.limit as usize;
            rows.truncate(asked.limit as usize);
            let next = rows.last().filter(|_| more).map(|row| place_of(what, row));
            (rows, next)
        }
    };
    let assets = assets(tx, project, rows.iter().map(|row| row.key.task.ordinal))?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.extend(item(tx, &assets, row, now)?);
    }
    Ok(Tasks { items, next, total })
}

fn item(
    tx: &Tx<'_>,
    assets: &HashMap<Ordinal, AssetView>,
    row: SlotRow,
    now: Millis,
) -> Result<Option<TaskRow>> {
    let task = row.key.task;
    let Some(asset) = assets.get(&task.ordinal).cloned() else { return Ok(None) };
    let mut skips = Vec::new();
    if row.slot.state != SlotState::Leased {
        for skip in tx.skips_of_task(task)?.into_iter().filter(|skip| skip.stage == row.key.stage) {
            let by = tx.person_name(skip.person)?;
            skips.push(Skipped { by, reason: skip.reason, at: skip.at });
        }
    }
    let kept_for = match row.slot.kept_for {
        Some((whom, until)) => tx.person_name(whom)?.map(|name| (name, until)),
        None => None,
    };
    Ok(Some(TaskRow {
        task,
        asset,
        place: Some(row.key.place()),
        round: row.slot.round,
        people: row
            .slot
            .holder
            .map(|holder| tx.person_name(holder))
            .transpose()?
            .flatten()
            .into_iter()
            .collect(),
        held_since: row.slot.held_since,
        lease_remaining_ms: row.slot.lease_until.map(|until| until - now),
        kept_for,
        skips,
    }))
}

fn done(tx: &Tx<'_>, batch: &BatchRow, asked: &Asked) -> Result<Tasks> {
    let (project, id) = (batch.project, batch.id);
    let after = asked.after.and_then(|place| Ordinal::try_from(place[0]).ok());
    let (found, next) = tx.done_tasks(project, id, batch.rules, after, asked.limit, DONE_STEPS)?;
    let assets = assets(tx, project, found.iter().copied())?;
    let mut items = Vec::with_capacity(found.len());
    for ordinal in found {
        let task = TaskId { project, batch: id, ordinal };
        let Some(asset) = assets.get(&ordinal).cloned() else { continue };
        let read = tx.task_rows(task)?.task(batch.rules);
        // With several judgements the last slot may be handed in before another.
        if !read.done() {
            continue;
        }
        let mut people = Vec::new();
        for holder in read.slots.values().filter_map(|slot| slot.holder) {
            people.extend(tx.author_name(project, holder)?);
        }
        items.push(TaskRow {
            task,
            asset,
            place: None,
            round: read.slots.get(&SlotPlace { stage: STAGE_LABEL, n: 0 }).map_or(1, |slot| slot.round),
            people,
            held_since: None,
            lease_remaining_ms: None,
            kept_for: None,
            skips: Vec::new(),
        });
    }
    let next = next.map(|at| [i64::from(at), 0, 0, 0]);
    Ok(Tasks { items, next, total: Some(batch.progress.counts.done) })
}

/// Views of assets; each is looked up once.
fn assets(
    tx: &Tx<'_>,
    project: ProjectId,
    ordinals: impl Iterator<Item = Ordinal>,
) -> Result<HashMap<Ordinal, AssetView>> {
    let mut wanted: Vec<Ordinal> = ordinals.collect();
    wanted.sort_unstable();
    wanted.dedup();
    let rows = tx.assets(project, &wanted)?;
    Ok(views(tx, project, rows)?.into_iter().map(|view| (view.row.ordinal, view)).collect())
}
