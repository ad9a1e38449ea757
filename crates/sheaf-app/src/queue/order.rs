//! The order of a project's batches in the queue: as it is, why, and as a manager puts it by hand.

use std::collections::BTreeSet;

use serde_json::json;
use sheaf_model::{BatchId, BatchKind, BatchState, Problem, ProjectId};
use sheaf_store::batches::BatchRow;
use sheaf_store::{Turn, Tx};

use crate::{Access, Actor, App, Error, Result};

/// A batch at its place in the queue.
#[derive(Debug)]
pub struct Placed {
    pub row: BatchRow,
    /// What puts it before the one that follows: words for people.
    pub reason: Reason,
}

/// Why a batch stands before the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Training,
    Calibration,
    ByHand,
    Priority,
    Older,
    Last,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Calibration => "calibration",
            Self::ByHand => "by_hand",
            Self::Priority => "priority",
            Self::Older => "older",
            Self::Last => "last",
        }
    }

    fn before(row: &BatchRow, next: Option<&BatchRow>) -> Self {
        let Some(next) = next else { return Self::Last };
        if row.kind != next.kind && row.kind == BatchKind::Training {
            Self::Training
        } else if row.kind != next.kind && row.kind == BatchKind::Calibration {
            Self::Calibration
        } else if row.position.is_some() {
            Self::ByHand
        } else if row.priority != next.priority {
            Self::Priority
        } else {
            Self::Older
        }
    }
}

/// The queue's order, and whether a manager made it.
#[derive(Debug)]
pub struct QueueOrder {
    pub batches: Vec<Placed>,
    pub by_hand: bool,
}

/// The batches of a project that are served or soon may be, in the order of the queue.
pub async fn get(app: &App, actor: &Actor, project: ProjectId) -> Result<QueueOrder> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            order(tx, project)
        })
        .await
}

/// Puts batches into this order, before all that are not named. Calibration stays before the rest whatever is said.
pub async fn put(app: &App, actor: &Actor, project: ProjectId, batches: Vec<BatchId>) -> Result<QueueOrder> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let known: BTreeSet<BatchId> = queued(tx, project)?.iter().map(|row| row.id).collect();
            let mut seen = BTreeSet::new();
            let mut problems = Vec::new();
            for (at, id) in batches.iter().enumerate() {
                let path = format!("batches[{at}]");
                if !known.contains(id) {
                    problems
                        .push(Problem::new(path, "is no batch of the queue: it has ended, or is not there"));
                } else if !seen.insert(*id) {
                    problems.push(Problem::new(path, "is named twice"));
                }
            }
            if !problems.is_empty() {
                return Err(Error::problems("bad_order", problems)
                    .hint("name batches of the project that are in staging, in progress or paused"));
            }
            tx.set_batch_positions(project, &batches)?;
            let names: Vec<String> = batches.iter().map(ToString::to_string).collect();
            tx.audit(
                now,
                Some(actor.user),
                "queue.order",
                &project.to_string(),
                &json!({ "batches": names }),
            )?;
            order(tx, project)
        })
        .await
}

/// Back to the recommended order.
pub async fn reset(app: &App, actor: &Actor, project: ProjectId) -> Result<QueueOrder> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            tx.set_batch_positions(project, &[])?;
            tx.audit(now, Some(actor.user), "queue.order_reset", &project.to_string(), &json!({}))?;
            order(tx, project)
        })
        .await
}

/// Batches that have a place in the queue's order, whether they are served at the moment or not.
fn queued(tx: &Tx<'_>, project: ProjectId) -> Result<Vec<BatchRow>> {
    let mut rows = tx.batches(project)?;
    rows.retain(|row| {
        !row.archived
            && matches!(row.state, BatchState::Staging | BatchState::InProgress | BatchState::Paused)
    });
    rows.sort_by_key(BatchRow::place);
    Ok(rows)
}

fn order(tx: &Tx<'_>, project: ProjectId) -> Result<QueueOrder> {
    let rows = queued(tx, project)?;
    let by_hand = rows.iter().any(|row| row.position.is_some());
    let mut rows = rows.into_iter().peekable();
    let mut batches = Vec::new();
    while let Some(row) = rows.next() {
        batches.push(Placed { reason: Reason::before(&row, rows.peek()), row });
    }
    Ok(QueueOrder { batches, by_hand })
}
