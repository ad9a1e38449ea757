//! Uploads on the wire.

use serde::{Deserialize, Serialize};
use sheaf_app::uploads::{FileEntry, FileOutcome, FileOutcomeState, JobState, ReportLine, Sync, SyncState};
use sheaf_model::{AssetId, BatchId, UploadId, UploadState};
use utoipa::ToSchema;

use crate::wire::{Ref, Time};

/// One act of bringing assets in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    #[schema(value_type = String)]
    id: UploadId,
    name: String,
    /// `browser`, `cli` or `api`.
    source: String,
    #[schema(value_type = State)]
    state: UploadState,
    created_at: Time,
    created_by: Ref,
    finished_at: Option<Time>,
    counts: UploadCounts,
    /// Of the contents that were stored.
    bytes: i64,
    /// The batch that was made of it.
    #[schema(value_type = Option<String>)]
    batch_id: Option<BatchId>,
    first_ordinal: Option<u32>,
    /// Of the manifest that was committed last.
    job: Option<UploadJob>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UploadState)]
#[expect(dead_code, reason = "describes `sheaf_model::UploadState` in the document")]
pub(crate) enum State {
    Open,
    Finished,
    Cancelled,
}

/// What became of what was handed in: `received = added + updated + duplicates + refused`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadCounts {
    received: i64,
    added: i64,
    /// Known by their reference id, or described by a manifest after they were sent.
    updated: i64,
    /// There before.
    duplicates: i64,
    /// See the report.
    refused: i64,
}

/// The reading of a manifest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadJob {
    state: UploadJobState,
    /// Rows that are read and durable.
    done: u64,
    total: Option<u64>,
    message: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UploadJobState {
    Running,
    Done,
    /// Commit the manifest again to go on.
    Failed,
    Cancelled,
}

impl From<sheaf_app::uploads::Upload> for Upload {
    fn from(upload: sheaf_app::uploads::Upload) -> Self {
        let counts = upload.counts;
        Self {
            id: upload.id,
            name: upload.name,
            source: upload.source,
            state: upload.state,
            created_at: upload.created.into(),
            created_by: Ref { id: upload.created_by.id.to_string(), name: upload.created_by.name },
            finished_at: upload.finished.map(Time),
            counts: UploadCounts {
                received: counts.received,
                added: counts.added,
                updated: counts.updated,
                duplicates: counts.duplicates,
                refused: counts.refused,
            },
            bytes: upload.bytes,
            batch_id: upload.batch,
            first_ordinal: upload.first_ordinal,
            job: upload.job.map(|job| UploadJob {
                state: match job.state {
                    JobState::Running => UploadJobState::Running,
                    JobState::Done => UploadJobState::Done,
                    JobState::Failed => UploadJobState::Failed,
                    JobState::Cancelled => UploadJobState::Cancelled,
                },
                done: job.done,
                total: job.total,
                message: job.message,
            }),
        }
    }
}

/// The look through a folder of a bucket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadSync {
    address: String,
    ascending: bool,
    state: UploadSyncState,
    /// When this pass began.
    began_at: Time,
    /// Objects that this pass looked at.
    looked: i64,
    /// Of these, those that were new and became files of the upload; its counts say what became of them.
    taken: i64,
    message: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UploadSyncState {
    Running,
    Done,
    /// Start it again to go on.
    Failed,
}

impl From<Sync> for UploadSync {
    fn from(sync: Sync) -> Self {
        Self {
            address: sync.address,
            ascending: sync.ascending,
            state: match sync.state {
                SyncState::Running => UploadSyncState::Running,
                SyncState::Done => UploadSyncState::Done,
                SyncState::Failed => UploadSyncState::Failed,
            },
            began_at: sync.began.into(),
            looked: sync.looked,
            taken: sync.taken,
            message: sync.message,
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UploadFileState {
    /// More bytes are wanted.
    Partial,
    /// Durable.
    Done,
    /// See `code` and `message`.
    Refused,
    /// The same content was there before.
    Duplicate,
}

/// What became of the bytes that were sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadFileOutcome {
    /// In its one spelling.
    path: String,
    /// Bytes that the server has.
    received: u64,
    size: u64,
    state: UploadFileState,
    #[schema(value_type = Option<String>)]
    asset_id: Option<AssetId>,
    code: Option<String>,
    message: Option<String>,
}

impl From<FileOutcome> for UploadFileOutcome {
    fn from(file: FileOutcome) -> Self {
        Self {
            path: file.path,
            received: file.received,
            size: file.size,
            state: match file.state {
                FileOutcomeState::Partial => UploadFileState::Partial,
                FileOutcomeState::Done => UploadFileState::Done,
                FileOutcomeState::Refused => UploadFileState::Refused,
                FileOutcomeState::Duplicate => UploadFileState::Duplicate,
            },
            asset_id: file.asset,
            code: file.code,
            message: file.message,
        }
    }
}

/// A file of an upload that the server has, whole or in part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadFile {
    path: String,
    size: u64,
    /// `partial`, `done` or `refused`.
    #[schema(value_type = UploadFileState)]
    state: &'static str,
    received: u64,
    code: Option<String>,
    message: Option<String>,
}

impl From<FileEntry> for UploadFile {
    fn from(file: FileEntry) -> Self {
        Self {
            path: file.path,
            size: file.size,
            state: file.state,
            received: file.received,
            code: file.code,
            message: file.message,
        }
    }
}

/// Something that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadProblem {
    /// Of the manifest: the record after the header of a CSV, the line of a JSONL; from 1.
    row: Option<i64>,
    path: Option<String>,
    #[schema(examples("broken_image"))]
    code: String,
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

impl From<ReportLine> for UploadProblem {
    fn from(line: ReportLine) -> Self {
        Self { row: line.row, path: line.path, code: line.code, message: line.message, hint: line.hint }
    }
}

impl From<sheaf_app::uploads::Problem> for UploadProblem {
    fn from(problem: sheaf_app::uploads::Problem) -> Self {
        Self {
            row: problem.row.and_then(|row| i64::try_from(row).ok()),
            path: problem.path,
            code: problem.code.as_str().to_owned(),
            message: problem.message,
            hint: problem.hint,
        }
    }
}

/// What a column of a manifest is used for. All but `meta` and `ignore` belong to one column at most.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ColumnRole {
    Text,
    Url,
    /// A file of the same upload, by its path.
    File,
    Name,
    /// The reference id.
    Ref,
    Width,
    Height,
    Meta,
    Ignore,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ColumnType {
    Text,
    Number,
    Boolean,
    Time,
    List,
    Object,
    Mixed,
    Empty,
}

/// A column as the caller wants it. What is left out stays as the preview found it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnChoice {
    pub(crate) name: String,
    pub(crate) role: ColumnRole,
    #[serde(rename = "type")]
    pub(crate) kind: Option<ColumnType>,
}
