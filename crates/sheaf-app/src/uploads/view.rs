//! An upload as the outside sees it.

use serde::{Deserialize, Serialize};
use sheaf_model::upload::UploadCounts;
use sheaf_model::{BatchId, Millis, Ordinal, UploadId, UploadState, UserId};
use sheaf_store::StoreError;
use sheaf_store::uploads::UploadRow;

use crate::uploads::manifest::ManifestState;
use crate::{App, Result};

#[derive(Debug, Clone)]
pub struct Upload {
    pub id: UploadId,
    pub name: String,
    pub source: String,
    pub state: UploadState,
    pub created: Millis,
    pub created_by: Person,
    pub finished: Option<Millis>,
    pub counts: UploadCounts,
    pub bytes: i64,
    pub batch: Option<BatchId>,
    pub first_ordinal: Option<Ordinal>,
    /// Of the manifest that was committed last.
    pub job: Option<JobView>,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub name: String,
}

/// How far reading a manifest has come.
#[derive(Debug, Clone)]
pub struct JobView {
    pub state: JobState,
    /// Rows that are read and durable.
    pub done: u64,
    pub total: Option<u64>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Running,
    Done,
    Failed,
    Cancelled,
}

impl Upload {
    pub(super) fn of(app: &App, row: UploadRow) -> Result<Self> {
        let manifest: Option<ManifestState> = match &row.manifest {
            Some(text) => Some(serde_json::from_str(text).map_err(|error| {
                StoreError::inconsistent("uploads", row.id, format!("manifest: {error}"))
            })?),
            None => None,
        };
        let job = manifest.map(|manifest| {
            // A thread that could not even write that it failed left word in memory.
            let failure = app.uploads().failure(row.id).filter(|_| manifest.state == JobState::Running);
            // What the thread wrote last is shown once it has cleared its desk: who sees `done` may send the next one.
            let clearing =
                matches!(manifest.state, JobState::Done | JobState::Failed) && app.uploads().job_runs(row.id);
            let state = match failure {
                Some(_) => JobState::Failed,
                None if clearing => JobState::Running,
                None => manifest.state,
            };
            JobView {
                state,
                done: manifest.done,
                total: Some(manifest.total),
                message: failure.or(manifest.message),
            }
        });
        Ok(Self {
            id: row.id,
            name: row.name,
            source: row.source,
            state: row.state,
            created: row.created,
            created_by: Person { id: row.created_by, name: row.creator },
            finished: row.finished,
            counts: row.counts,
            bytes: row.bytes,
            batch: row.batch,
            first_ordinal: row.first_ordinal,
            job,
        })
    }
}
