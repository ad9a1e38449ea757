//! Cancelling an upload: what was added stays, nothing more is accepted, what is on its way in is removed.

use sheaf_model::{ProjectId, UploadId, UploadState};

use crate::uploads::incoming::incoming;
use crate::uploads::manifest::ManifestState;
use crate::uploads::receive::blocking;
use crate::uploads::{JobState, Upload};
use crate::{Access, Actor, App, Error, Result};

/// Cancels an upload; one that is cancelled stays so, a finished one cannot be.
pub async fn cancel(app: &App, actor: &Actor, project: ProjectId, id: UploadId) -> Result<Upload> {
    let (actor, now) = (actor.clone(), app.now());
    let row = app
        .store()
        .write_in(project, move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = tx.upload(project, id)?.ok_or(Error::not_found("upload"))?;
            match row.state {
                UploadState::Cancelled => return Ok(row),
                UploadState::Finished => {
                    return Err(Error::conflict(
                        "upload_finished",
                        "the upload is finished and cannot be cancelled",
                    ));
                }
                UploadState::Open => {}
            }
            tx.set_upload_state(project, id, UploadState::Cancelled, Some(now))?;
            tx.drop_sidecars(project, id)?;
            if let Some(mut manifest) = ManifestState::of(&row)?.filter(|m| m.state == JobState::Running) {
                manifest.state = JobState::Cancelled;
                manifest.store(tx, project, id)?;
            }
            tx.upload(project, id)?.ok_or(Error::not_found("upload"))
        })
        .await?;
    app.uploads().stop_job(id);
    let incoming = incoming(app.store(), id);
    blocking(move || incoming.remove()).await?;
    Upload::of(app, row)
}
