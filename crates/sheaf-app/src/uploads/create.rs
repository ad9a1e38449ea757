//! Starting an upload, or going on with one of the same name.

use sheaf_model::upload::UploadCounts;
use sheaf_model::{Problem, ProjectId, UploadState, priority_problem};
use sheaf_store::sql::to_json;
use sheaf_store::uploads::UploadRow;

use crate::uploads::{BatchPlan, Upload};
use crate::{Access, Actor, App, Error, Result, ids};

/// What an upload is started with.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub name: String,
    pub source: String,
    /// Straight into a batch, which is made when the upload is finished.
    pub batch: Option<BatchPlan>,
}

const SOURCES: [&str; 3] = ["browser", "cli", "api"];
const NAME_CHARS_MAX: usize = 200;

impl NewUpload {
    fn problems(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        let mut name = |path: &str, text: &str| {
            if text.trim().is_empty() {
                out.push(Problem::new(path, "is empty"));
            } else if text.chars().count() > NAME_CHARS_MAX {
                out.push(Problem::new(path, format!("is longer than {NAME_CHARS_MAX} characters")));
            } else if text.chars().any(char::is_control) {
                out.push(Problem::new(path, "has a control character"));
            }
        };
        name("name", &self.name);
        if let Some(batch) = &self.batch {
            name("batch.name", &batch.name);
            let wrong = priority_problem(batch.priority);
            out.extend(wrong.map(|problem| Problem { path: "batch.priority".into(), ..problem }));
            let wrong = batch.kind.made_by_itself_problem();
            out.extend(wrong.map(|problem| Problem { path: "batch.kind".into(), ..problem }));
        }
        if !SOURCES.contains(&self.source.as_str()) {
            out.push(Problem::new(
                "source",
                format!("must be one of {}, not `{}`", SOURCES.join(", "), self.source),
            ));
        }
        out
    }
}

/// Starts an upload. The name of an earlier one opens that again, finished or cancelled, so that it can go on; the flag
/// is whether it is new.
pub async fn create(app: &App, actor: &Actor, project: ProjectId, new: NewUpload) -> Result<(Upload, bool)> {
    let (actor, now) = (actor.clone(), app.now());
    let (row, is_new) = app
        .store()
        .write_in(project, move |tx| {
            let access = Access::manager(tx, &actor, project)?;
            let problems = new.problems();
            if !problems.is_empty() {
                return Err(Error::problems("invalid", problems));
            }
            if access.project.archived {
                return Err(Error::conflict("project_archived", "the project is archived"));
            }
            let name = new.name.trim();
            if let Some(batch) = &new.batch
                && tx.upload_by_name(project, name)?.is_none_or(|known| known.batch.is_none())
                && tx.batch_by_name(project, batch.name.trim())?.is_some()
            {
                let message = format!("there is a batch with the name `{}`", batch.name.trim());
                return Err(Error::conflict("name_taken", message).hint("give the batch another name"));
            }
            let plan = new.batch.as_ref().map(to_json).transpose()?;
            if let Some(known) = tx.upload_by_name(project, name)? {
                if known.state != UploadState::Open {
                    tx.set_upload_state(project, known.id, UploadState::Open, None)?;
                }
                if let Some(plan) = plan.filter(|_| known.batch.is_none()) {
                    tx.set_upload_plan(project, known.id, &plan)?;
                }
                let row = tx.upload(project, known.id)?.ok_or(Error::not_found("upload"))?;
                return Ok((row, false));
            }
            let id = sheaf_model::UploadId(ids::row_id(now)?);
            tx.insert_upload(
                project,
                &UploadRow {
                    id,
                    name: name.to_owned(),
                    source: new.source,
                    state: UploadState::Open,
                    counts: UploadCounts::default(),
                    bytes: 0,
                    batch_plan: plan,
                    batch: None,
                    manifest: None,
                    first_ordinal: None,
                    created: now,
                    created_by: actor.user,
                    creator: String::new(),
                    finished: None,
                },
            )?;
            let row = tx.upload(project, id)?.ok_or(Error::not_found("upload"))?;
            Ok((row, true))
        })
        .await?;
    Ok((Upload::of(app, row)?, is_new))
}
