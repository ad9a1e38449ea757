//! The annotator's front page: the projects they may label in and how much there is to do.

use sheaf_model::project::Media;
use sheaf_model::{Millis, ProjectId, Role, TaskId, UserId};
use sheaf_store::Tx;

use super::grant::{Work, eligible};
use super::open::served;
use crate::{Actor, App, Result};

#[derive(Debug)]
pub struct ProjectQueue {
    pub project: (ProjectId, String, Media),
    /// Judgements that wait in the open batches, and reviews; an estimate, as others claim too.
    pub available: i64,
    pub reviews: i64,
    /// Tasks that the person holds.
    pub mine: usize,
    pub submitted_today: i64,
    pub submitted_total: i64,
}

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// Tasks of a project that a person holds.
pub(super) fn held(tx: &Tx<'_>, person: UserId, project: ProjectId) -> Result<Vec<TaskId>> {
    let held = tx.held_slots(person)?.into_iter().map(|row| row.key.task);
    Ok(held.filter(|task| task.project == project).collect())
}

pub async fn overview(app: &App, actor: &Actor) -> Result<Vec<ProjectQueue>> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            let (mut out, held) = (Vec::new(), tx.held_slots(actor.user)?);
            for (project, roles) in eligible(tx, actor.user, None)? {
                let (mut available, mut reviews, mut any) = (0, 0, roles.has(Role::Annotator));
                for batch in served(tx, project.id, tx.serving_batches(project.id)?)? {
                    if batch.bar(actor.user, roles, Work::Label).is_none() {
                        available += batch.row.n_pending();
                        any = true;
                    }
                    if batch.bar(actor.user, roles, Work::Review).is_none() {
                        reviews += batch.row.progress.counts.review_open;
                        any = true;
                    }
                }
                if !any {
                    continue;
                }
                out.push(ProjectQueue {
                    available,
                    reviews,
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
