//! Uploads that are made of a folder of a bucket, and how far the look through it has come.

use sheaf_model::{Millis, ProjectId, UploadId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncState {
    Running,
    Done,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRow {
    pub address: String,
    /// Whether later objects have later names, so that a pass goes on after the last name of the one before.
    pub ascending: bool,
    pub state: SyncState,
    /// The last name that was looked at; what it names and all before is durable.
    pub after: Option<String>,
    /// What was stored before that was looked at by an earlier pass.
    pub since: Millis,
    /// When this pass began.
    pub began: Millis,
    pub looked: i64,
    pub taken: i64,
    pub message: Option<String>,
}

impl SyncState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

impl Tx<'_> {
    pub fn bucket_sync(&self, project: ProjectId, upload: UploadId) -> Result<Option<SyncRow>> {
        self.one(
            "SELECT address, ascending, state, after, since_ms, began_ms, looked, taken, message
             FROM bucket_syncs WHERE project_id = ?1 AND upload_id = ?2",
            args![project, upload],
            |row| sync_of(row, upload),
        )
    }

    pub fn put_bucket_sync(&self, project: ProjectId, upload: UploadId, new: &SyncRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO bucket_syncs (project_id, upload_id, address, ascending, state, after, since_ms, began_ms,
                                       looked, taken, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (project_id, upload_id) DO UPDATE
             SET address = excluded.address, ascending = excluded.ascending, state = excluded.state,
                 after = excluded.after, since_ms = excluded.since_ms, began_ms = excluded.began_ms,
                 looked = excluded.looked, taken = excluded.taken, message = excluded.message",
            args![
                project,
                upload,
                &new.address,
                i64::from(new.ascending),
                new.state.as_str(),
                new.after.as_ref(),
                new.since,
                new.began,
                new.looked,
                new.taken,
                new.message.as_ref(),
            ],
        )
    }

    /// Those that were not looked through to their end, of uploads that are open.
    pub fn bucket_syncs_running(&self) -> Result<Vec<(ProjectId, UploadId)>> {
        self.all(
            "SELECT s.project_id, s.upload_id FROM bucket_syncs s
             JOIN uploads u ON u.project_id = s.project_id AND u.upload_id = s.upload_id
             WHERE s.state = 'running' AND u.state = 'open' ORDER BY s.project_id, s.upload_id",
            args![],
            |row| Ok((ProjectId(row.int(0)?), UploadId(row.int(1)?))),
        )
    }
}

fn sync_of(row: &Row<'_>, upload: UploadId) -> Result<SyncRow> {
    let state = row.text(2)?;
    Ok(SyncRow {
        address: row.text(0)?,
        ascending: row.int(1)? != 0,
        state: SyncState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("bucket_syncs", upload, format!("state `{state}`")))?,
        after: row.opt_text(3)?,
        since: row.int(4)?,
        began: row.int(5)?,
        looked: row.int(6)?,
        taken: row.int(7)?,
        message: row.opt_text(8)?,
    })
}
