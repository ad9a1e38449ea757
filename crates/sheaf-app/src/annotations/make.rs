//! Assets that need no file, texts and addresses, made of what a file of annotations says: by a manifest, as every upload may have.

use std::path::Path;
use std::time::Duration;

use sheaf_formats::Asset;
use sheaf_formats::rows::columns;
use sheaf_model::{Media, ProjectId, UploadId, UploadState};

use crate::annotations::bring::{open, read_chunk};
use crate::uploads::{self, JobState, NewUpload, blocking, commit_manifest, stage_manifest};
use crate::{Actor, App, Error, Result};

/// How often it is asked how far the manifest is read.
const POLL: Duration = Duration::from_millis(100);

/// What a project of this media can make of an asset: the column of the manifest, and what stands in it.
pub(super) fn content(asset: &Asset, media: Media) -> Option<(&'static str, &str)> {
    match media {
        Media::Text => asset.text.as_deref().map(|text| ("text", text)),
        Media::Image => asset.address().map(|url| ("url", url)),
    }
}

/// Adds the assets of a manifest to the upload, which is opened when it is not open. It is finished afterwards, unless files are
/// still being sent to it.
pub(super) async fn make(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    manifest: &Path,
) -> Result<()> {
    let before = uploads::get(app, actor, project, upload).await?;
    if before.state != UploadState::Open {
        let again = NewUpload { name: before.name.clone(), source: before.source.clone(), batch: None };
        uploads::create(app, actor, project, again).await?;
    }
    let mut staging = stage_manifest(app, actor, project, upload, "annotations.jsonl".into()).await?;
    let mut reader = Some(open(manifest)?);
    while let Some(from) = reader.take() {
        let (from, chunk) = blocking(move || read_chunk(from)).await?;
        if !chunk.is_empty() {
            staging.write(&chunk).await?;
            reader = Some(from);
        }
    }
    staging.finish().await?;
    commit_manifest(app, actor, project, upload, columns()).await?;
    loop {
        let now = uploads::get(app, actor, project, upload).await?;
        match now.job.map(|job| (job.state, job.message)) {
            Some((JobState::Running, _)) => tokio::time::sleep(POLL).await,
            Some((JobState::Done, _)) => break,
            Some((JobState::Failed | JobState::Cancelled, message)) => {
                let why = message.unwrap_or_else(|| "the upload was cancelled".into());
                return Err(Error::conflict("not_made", format!("the assets were not all made: {why}"))
                    .hint("send the file again; nothing is added twice"));
            }
            None => return Err(Error::internal("a manifest that was committed is gone")),
        }
    }
    let receives = before.state == UploadState::Open && before.counts.received > 0;
    if !receives {
        uploads::finish(app, actor, project, upload, None).await?;
    }
    Ok(())
}
