//! The annotator's front page: the projects they may label in and how much there is to do.

use sheaf_model::project::Media;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{Millis, ProjectId, Role, TaskId, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::grant::{Work, eligible};
use super::open::served;
use crate::{Actor, App, Result};

#[derive(Debug)]
pub struct ProjectQueue {
    pub project: (ProjectId, String, Media),
    /// Judgements that wait in the open batches and that the person may make, and reviews; others claim too.
    pub available: i64,
    pub reviews: i64,
    /// Tasks that the person holds.
    pub mine: usize,
    /// Whether they are handed nothing new.
    pub paused: bool,
    pub submitted_today: i64,
    pub submitted_total: i64,
}

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// Tasks of a project that a person holds.
pub(super) fn held(tx: &Tx<'_>, person: UserId, project: ProjectId) -> Result<Vec<TaskId>> {
    Ok(tx.held_in(project, person)?.into_iter().map(|row| row.key.task).collect())
}

pub async fn overview(app: &App, actor: &Actor) -> Result<Vec<ProjectQueue>> {
    let (now, inner, actor) = (app.now(), app.clone(), actor.clone());
    app.store()
        .read(move |tx| {
            let (mut out, held) = (Vec::new(), tx.held_slots(actor.user)?);
            let paused = tx.paused_in(actor.user)?;
            for (project, roles) in eligible(tx, actor.user, None)? {
                let (mut available, mut reviews, mut any) = (0, 0, roles.has(Role::Annotator));
                for batch in served(tx, project.id, tx.serving_batches(project.id)?)? {
                    if batch.row.kind.is_mixed_in() {
                        continue;
                    }
                    if batch.bar(actor.user, roles, Work::Label).is_none() {
                        available += labels(&inner, tx, &batch.row, actor.user)?;
                        any = true;
                    }
                    if batch.bar(actor.user, roles, Work::Review).is_none() {
                        reviews += self::reviews(tx, &batch.row, actor.user)?;
                        any = true;
                    }
                }
                if !any {
                    continue;
                }
                out.push(ProjectQueue {
                    available,
                    reviews,
                    paused: paused.contains(&project.id),
                    mine: held.iter().filter(|row| row.key.task.project == project.id).count(),
                    submitted_today: tx.count_person_submissions(
                        project.id,
                        actor.user,
                        now - now % DAY_MS,
                    )?,
                    submitted_total: tx.count_person_submissions(project.id, actor.user, 0)?,
                    project: (project.id, project.name, project.media),
                });
            }
            Ok(out)
        })
        .await
}

/// Free slots that are looked at one by one; of more than these the rest is taken to be free for everybody.
const LOOKED_MAX: u32 = 5_000;

/// The tasks of a batch that a person may label now: one judgement of each that nobody touched, and of what came back or
/// is wanted again where they have no part.
fn labels(app: &App, tx: &Tx<'_>, batch: &BatchRow, person: UserId) -> Result<i64> {
    let untouched = app.feeds().left(tx, batch)?;
    Ok(untouched + touched(tx, batch, STAGE_LABEL, person, batch.progress.counts.open)?)
}

fn reviews(tx: &Tx<'_>, batch: &BatchRow, person: UserId) -> Result<i64> {
    let mut out = 0;
    for level in 1..=batch.rules.review_levels {
        out += touched(tx, batch, level, person, batch.progress.counts.review_open)?;
    }
    Ok(out)
}

/// The free tasks of a stage that are a person's to take, of `open` free slots in all.
fn touched(tx: &Tx<'_>, batch: &BatchRow, stage: u8, person: UserId, open: i64) -> Result<i64> {
    if open == 0 {
        return Ok(0);
    }
    let free = tx.free_for(batch.project, batch.id, stage, person, LOOKED_MAX)?;
    let beyond = if free.looked < i64::from(LOOKED_MAX) { 0 } else { (open - free.looked).max(0) };
    Ok(free.tasks + beyond + tx.kept_for(batch.project, batch.id, stage, person, LOOKED_MAX)?)
}
