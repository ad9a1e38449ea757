//! The annotator's front page: the projects they may label in and how much there is to do.

use sheaf_model::project::Media;
use sheaf_model::{Millis, ProjectId, Role};

use super::grant::eligible;
use crate::{Actor, App, Result};

#[derive(Debug)]
pub struct ProjectQueue {
    pub project: (ProjectId, String, Media),
    /// Tasks that wait in the open batches; an estimate, as others claim too.
    pub available: i64,
    /// Tasks that the person holds.
    pub mine: usize,
    pub submitted_today: i64,
    pub submitted_total: i64,
}

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

pub async fn overview(app: &App, actor: &Actor) -> Result<Vec<ProjectQueue>> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .read(move |tx| {
            let mut out = Vec::new();
            for (project, roles) in eligible(tx, actor.user, None)? {
                let batches = tx.serving_batches(project.id, roles.has(Role::Manager))?;
                if !roles.has(Role::Annotator) && batches.is_empty() {
                    continue;
                }
                out.push(ProjectQueue {
                    available: batches.iter().map(sheaf_store::batches::BatchRow::n_pending).sum(),
                    mine: tx.held_slots(project.id, actor.user)?.len(),
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
