//! Looking at uploads.

use sheaf_model::{ProjectId, UploadId};

use crate::uploads::Upload;
use crate::{Access, Actor, App, Error, Result};

#[derive(Debug)]
pub struct UploadsPage {
    pub items: Vec<Upload>,
    /// Goes into the next call as `before`.
    pub next: Option<UploadId>,
    pub total: i64,
}

pub async fn get(app: &App, actor: &Actor, project: ProjectId, id: UploadId) -> Result<Upload> {
    let actor = actor.clone();
    let row = app
        .store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            tx.upload(project, id)?.ok_or(Error::not_found("upload"))
        })
        .await?;
    Upload::of(app, row)
}

/// Uploads of the project, newest first.
pub async fn list(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    before: Option<UploadId>,
    limit: u32,
) -> Result<UploadsPage> {
    let actor = actor.clone();
    let (mut rows, total) = app
        .store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            Ok::<_, Error>((tx.uploads(project, before, limit.saturating_add(1))?, tx.n_uploads(project)?))
        })
        .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let items = rows.into_iter().map(|row| Upload::of(app, row)).collect::<Result<_>>()?;
    Ok(UploadsPage { items, next, total })
}
