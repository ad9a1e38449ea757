//! Receiving a file of annotations: it goes into a temporary one, and is gone when it was dealt with.

use std::fs::File;
use std::io::Write;

use sheaf_model::{ProjectId, UploadId};
use sheaf_store::StoreError;

use crate::annotations::bring::{Bringing, bring};
use crate::annotations::{How, Report};
use crate::uploads::{Temporary, blocking};
use crate::{Access, Actor, App, Error, Result};

/// The largest file that may be sent, and the most that a zip may unpack to: 2 GB. Some formats are held in memory while they are read.
pub(super) const BYTES_MAX: u64 = 2_000_000_000;
/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 1 << 20;

/// A file that is being received: give it the bytes, then finish it. Dropped before that, it leaves nothing.
pub struct Receiving {
    bringing: Bringing,
    file: File,
    buffer: Vec<u8>,
    received: u64,
}

/// Begins to receive a file of annotations of an upload's assets. For managers.
pub async fn receive(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    how: How,
) -> Result<Receiving> {
    let (app, actor) = (app.clone(), actor.clone());
    blocking(move || {
        app.store().read_blocking(|tx| {
            Access::manager(tx, &actor, project)?;
            tx.upload(project, upload)?.ok_or(Error::not_found("upload"))
        })?;
        let temporary = Temporary::new(app.store().blobs().temporary());
        let file =
            File::create(temporary.path()).map_err(|error| StoreError::file(temporary.path(), error))?;
        let bringing = Bringing { app, actor, project, upload, how, file: temporary };
        Ok(Receiving { bringing, file, buffer: Vec::new(), received: 0 })
    })
    .await
}

impl Receiving {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.received += bytes.len() as u64;
        if self.received > BYTES_MAX {
            let message = format!("the file is larger than {BYTES_MAX} bytes");
            return Err(Error::invalid("bad_annotations", message)
                .hint("split it, or bring it in on the command line: sheaf import --format"));
        }
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<()> {
        let bytes = std::mem::take(&mut self.buffer);
        let path = self.bringing.file.path().to_owned();
        let mut file = self.file.try_clone().map_err(|error| StoreError::file(&path, error))?;
        let wrote = blocking(move || Ok(file.write_all(&bytes))).await?;
        Ok(wrote.map_err(|error| StoreError::file(&path, error))?)
    }

    /// Reads the file and brings in what it says; or says what it would.
    pub async fn finish(mut self) -> Result<Report> {
        self.flush().await?;
        let Self { bringing, received, .. } = self;
        if received == 0 {
            return Err(Error::invalid("bad_annotations", "the file is empty").hint("choose another file"));
        }
        let dry_run = bringing.how.dry_run;
        let turn = bringing.app.uploads().annotations.clone();
        let work = async move {
            let _turn = turn.acquire_owned().await.map_err(|_| StoreError::Closed)?;
            bring(bringing).await
        };
        if dry_run {
            return work.await;
        }
        // Not given up with the request: what was received is worth being brought in, with its line in the audit log.
        tokio::spawn(work).await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }
}
