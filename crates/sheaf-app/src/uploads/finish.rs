//! Finishing an upload: the report gets what never came, and the batch is made when one was asked for.

use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::upload::UploadCounts;
use sheaf_model::{ProjectId, UploadId, UploadState};
use sheaf_store::sql::from_json;
use sheaf_store::upload_problems::PROBLEMS_MAX;
use sheaf_store::uploads::UploadRow;
use sheaf_store::{StoreError, Turn, Tx};

use crate::uploads::incoming::incoming;
use crate::uploads::manifest::{ManifestState, is_being_read};
use crate::uploads::receive::blocking;
use crate::uploads::settle::problem_row;
use crate::uploads::{BatchPlan, JobState, Upload};
use crate::{Access, Actor, App, Error, Result, batches};

/// Finishes an upload, and makes its batch in the same transaction. Again is the same; `launch` overrides what the batch
/// was planned with.
pub async fn finish(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: UploadId,
    launch: Option<bool>,
) -> Result<Upload> {
    let (inner, by, now) = (app.clone(), actor.clone(), app.now());
    let row = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &by, project)?;
            let row = tx.upload(project, id)?.ok_or(Error::not_found("upload"))?;
            match row.state {
                UploadState::Cancelled => {
                    return Err(Error::conflict("upload_cancelled", "the upload was cancelled")
                        .hint("start an upload with the same name to go on with it"));
                }
                UploadState::Open if is_being_read(tx, &inner, project, id)? => {
                    return Err(Error::conflict("job_running", "the upload's manifest is still being read")
                        .hint("wait until its job is done, then finish"));
                }
                UploadState::Open if interrupted(&row)? => {
                    return Err(Error::conflict(
                        "job_interrupted",
                        "the upload's manifest was read in part only",
                    )
                    .hint("commit it again to go on, or drop it"));
                }
                UploadState::Open => {
                    report_missing(tx, project, id)?;
                    tx.set_upload_state(project, id, UploadState::Finished, Some(now))?;
                }
                UploadState::Finished => {}
            }
            if let (Some(plan), None) = (&row.batch_plan, row.batch) {
                let mut plan: BatchPlan = from_json(plan)?;
                plan.launch = launch.unwrap_or(plan.launch);
                let batch = batches::create_from_upload(&inner, tx, &by, project, id, &plan)?;
                tx.set_upload_batch(project, id, batch)?;
            }
            tx.upload(project, id)?.ok_or(Error::not_found("upload"))
        })
        .await?;
    let incoming = incoming(app.store(), id);
    blocking(move || incoming.remove()).await?;
    Upload::of(app, row)
}

fn interrupted(row: &UploadRow) -> Result<bool, StoreError> {
    Ok(ManifestState::of(row)?.is_some_and(|manifest| manifest.state == JobState::Running))
}

/// Rows of manifests whose file never came go into the report, once.
fn report_missing(tx: &Tx<'_>, project: ProjectId, id: UploadId) -> Result<(), StoreError> {
    let (n, first) = tx.waiting_sidecars(project, id, PROBLEMS_MAX as u32)?;
    if n == 0 {
        return Ok(());
    }
    let problems: Vec<_> = first
        .into_iter()
        .map(|(path, row)| {
            let problem =
                Problem::new(ProblemCode::MissingContent, "the file that the manifest names was not sent")
                    .hint("send the file to an upload of the same name, or take the row out of the manifest")
                    .at_row(row.unsigned_abs());
            problem_row(&problem, Some(path))
        })
        .collect();
    tx.add_problems(project, id, &problems)?;
    let counts = UploadCounts { received: n, refused: n, ..UploadCounts::default() };
    tx.count_upload(project, id, counts, 0, None)?;
    tx.report_sidecars(project, id)
}
