//! Uploads: one row each, with the counts of what came in. Files, problems and sidecars are in files of their own.

use sheaf_model::upload::UploadCounts;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, UploadId, UploadState, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct UploadRow {
    pub id: UploadId,
    pub name: String,
    /// Where it was sent from: `browser`, `cli`, `api`.
    pub source: String,
    pub state: UploadState,
    pub counts: UploadCounts,
    /// Bytes of the contents that were stored.
    pub bytes: i64,
    /// JSON: the batch to make when the upload is finished.
    pub batch_plan: Option<String>,
    pub batch: Option<BatchId>,
    /// JSON: the manifest that is being read, and how far.
    pub manifest: Option<String>,
    pub first_ordinal: Option<Ordinal>,
    pub created: Millis,
    pub created_by: UserId,
    /// Name of the person who started it; read only.
    pub creator: String,
    pub finished: Option<Millis>,
}

const COLUMNS: &str = "upload_id, name, source, state, received, added, updated, duplicates, refused, bytes,
     batch_plan, batch_id, manifest, first_ordinal, created_ms, created_by, finished_ms,
     (SELECT name FROM users WHERE user_id = created_by)";

fn upload(row: &Row<'_>) -> Result<UploadRow> {
    let id = row.int(0)?;
    let state = row.text(3)?;
    Ok(UploadRow {
        id: UploadId(id),
        name: row.text(1)?,
        source: row.text(2)?,
        state: UploadState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("uploads", id, format!("state `{state}`")))?,
        counts: UploadCounts {
            received: row.int(4)?,
            added: row.int(5)?,
            updated: row.int(6)?,
            duplicates: row.int(7)?,
            refused: row.int(8)?,
        },
        bytes: row.int(9)?,
        batch_plan: row.opt_text(10)?,
        batch: row.opt_int(11)?.map(BatchId),
        manifest: row.opt_text(12)?,
        first_ordinal: row.opt_u32(13)?,
        created: row.int(14)?,
        created_by: UserId(row.int(15)?),
        finished: row.opt_int(16)?,
        creator: row.opt_text(17)?.unwrap_or_default(),
    })
}

impl Tx<'_> {
    pub fn insert_upload(&self, project: ProjectId, new: &UploadRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO uploads (project_id, upload_id, name, source, state, batch_plan, created_ms, created_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            args![
                project,
                new.id,
                &new.name,
                &new.source,
                new.state.as_str(),
                new.batch_plan.as_ref(),
                new.created,
                new.created_by,
            ],
        )?;
        Ok(())
    }

    pub fn upload(&self, project: ProjectId, id: UploadId) -> Result<Option<UploadRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM uploads WHERE project_id = ?1 AND upload_id = ?2"),
            args![project, id],
            upload,
        )
    }

    pub fn upload_by_name(&self, project: ProjectId, name: &str) -> Result<Option<UploadRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM uploads WHERE project_id = ?1 AND name = ?2"),
            args![project, name],
            upload,
        )
    }

    /// Uploads of a project, newest first, older than `before`.
    pub fn uploads(
        &self,
        project: ProjectId,
        before: Option<UploadId>,
        limit: u32,
    ) -> Result<Vec<UploadRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM uploads WHERE project_id = ?1 AND upload_id < ?2
                 ORDER BY upload_id DESC LIMIT ?3"
            ),
            args![project, before.map_or(i64::MAX, |id| id.0), limit],
            upload,
        )
    }

    pub fn n_uploads(&self, project: ProjectId) -> Result<i64> {
        self.int("SELECT count(*) FROM uploads WHERE project_id = ?1", args![project])
    }

    /// Open uploads, of all projects, that have a manifest: one of them may have been interrupted.
    pub fn uploads_with_manifest(&self) -> Result<Vec<(ProjectId, UploadId)>> {
        self.all(
            "SELECT project_id, upload_id FROM uploads WHERE state = 'open' AND manifest IS NOT NULL
             ORDER BY project_id, upload_id",
            args![],
            |row| Ok((ProjectId(row.int(0)?), UploadId(row.int(1)?))),
        )
    }

    pub fn set_upload_state(
        &self,
        project: ProjectId,
        id: UploadId,
        state: UploadState,
        finished: Option<Millis>,
    ) -> Result<()> {
        self.exec_later(
            "UPDATE uploads SET state = ?3, finished_ms = ?4 WHERE project_id = ?1 AND upload_id = ?2",
            args![project, id, state.as_str(), finished],
        )?;
        Ok(())
    }

    pub fn set_upload_plan(&self, project: ProjectId, id: UploadId, plan: &str) -> Result<()> {
        self.exec_later(
            "UPDATE uploads SET batch_plan = ?3 WHERE project_id = ?1 AND upload_id = ?2",
            args![project, id, plan],
        )?;
        Ok(())
    }

    /// Remembers the batch that was made of an upload; called in the transaction that makes it.
    pub fn set_upload_batch(&self, project: ProjectId, id: UploadId, batch: BatchId) -> Result<()> {
        self.exec_later(
            "UPDATE uploads SET batch_id = ?3 WHERE project_id = ?1 AND upload_id = ?2",
            args![project, id, batch],
        )?;
        Ok(())
    }

    pub fn set_upload_manifest(
        &self,
        project: ProjectId,
        id: UploadId,
        manifest: Option<&str>,
    ) -> Result<()> {
        self.exec_later(
            "UPDATE uploads SET manifest = ?3 WHERE project_id = ?1 AND upload_id = ?2",
            args![project, id, manifest],
        )?;
        Ok(())
    }

    /// Adds to the counts (a correction may be negative); `first` is the first ordinal that was given just now.
    pub fn count_upload(
        &self,
        project: ProjectId,
        id: UploadId,
        more: UploadCounts,
        bytes: i64,
        first: Option<Ordinal>,
    ) -> Result<()> {
        self.exec_later(
            "UPDATE uploads SET received = received + ?3, added = added + ?4, updated = updated + ?5,
                    duplicates = duplicates + ?6, refused = refused + ?7, bytes = bytes + ?8,
                    first_ordinal = coalesce(first_ordinal, ?9)
             WHERE project_id = ?1 AND upload_id = ?2",
            args![
                project,
                id,
                more.received,
                more.added,
                more.updated,
                more.duplicates,
                more.refused,
                bytes,
                first,
            ],
        )?;
        Ok(())
    }
}
