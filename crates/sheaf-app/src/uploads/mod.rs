//! Uploads: bringing assets in, as files, archives and manifests, with resuming and a report.
//!
//! Nothing is acknowledged before it is durable: contents are flushed, then rows, index, counts and report are written
//! in one transaction, and only then a file is `done`. A second try of anything adds nothing twice. Reading the files
//! themselves is `sheaf-intake`'s; this module decides what to do with what it found.

mod cancel;
mod committer;
mod create;
mod desk;
mod draft;
mod files;
mod finish;
mod incoming;
mod job;
mod manifest;
mod read;
mod receive;
mod report;
mod settle;
mod sync;
mod take_in;
mod view;

pub use cancel::cancel;
pub use create::{NewUpload, create};
pub use desk::Desk;
pub(crate) use draft::of_stored as draft_of_stored;
pub use files::{FileEntry, FileFilter, FilesPage, files};
pub use finish::finish;
pub(crate) use incoming::Temporary;
pub use job::{resume_interrupted, resume_left};
pub use manifest::{Staging, commit_manifest, drop_manifest, stage_manifest};
pub use read::{UploadsPage, get, list};
pub(crate) use receive::blocking;
pub use receive::{FileOutcome, FileOutcomeState, FilePart, Receiving, receive};
pub use report::{ReportLine, ReportPage, report, report_csv};
pub use sheaf_store::bucket_syncs::{SyncRow as Sync, SyncState};
pub use sync::{NewSync, get_sync, sources, sync};
pub use take_in::add_local_files;
pub(crate) use take_in::read_asset;
pub use view::{JobState, JobView, Person, Upload};

/// The batch that an upload becomes when it is finished.
pub use crate::batches::NewBatch as BatchPlan;

pub use sheaf_intake::Problem;
pub use sheaf_intake::manifest::{ColumnPlan, Preview};

use sheaf_model::{ProjectId, UploadId, UploadState};
use sheaf_store::Tx;
use sheaf_store::uploads::UploadRow;

use crate::{Error, Result};

/// The largest file that may be sent: 5 GB.
pub const FILE_BYTES_MAX: u64 = 5_000_000_000;

/// The upload, when it is there and open.
fn open_upload(tx: &Tx<'_>, project: ProjectId, id: UploadId) -> Result<UploadRow> {
    let row = tx.upload(project, id)?.ok_or(Error::not_found("upload"))?;
    match row.state {
        UploadState::Open => Ok(row),
        UploadState::Finished => Err(Error::conflict("upload_finished", "the upload is finished")
            .hint("start an upload with the same name to go on with it")),
        UploadState::Cancelled => Err(Error::conflict("upload_cancelled", "the upload was cancelled")
            .hint("start an upload with the same name to go on with it")),
    }
}
