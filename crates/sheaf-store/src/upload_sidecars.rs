//! Rows of manifests that describe a file of the same upload which has not come yet. They wait here, and what still
//! waits when the upload is finished goes into its report.

use sheaf_model::{ProjectId, UploadId};

use crate::args;
use crate::error::Result;
use crate::sql::Tx;

#[derive(Debug, Clone)]
pub struct SidecarRow {
    pub path: String,
    /// Row of the manifest.
    pub row: i64,
    /// It is in the report as missing.
    pub reported: bool,
    /// JSON of the application.
    pub data: String,
}

impl Tx<'_> {
    /// Keeps a row for its file; one that was kept for the same path before is replaced. `false` when there was one.
    pub fn put_sidecar(&self, project: ProjectId, upload: UploadId, new: &SidecarRow) -> Result<bool> {
        let known = self.one(
            "SELECT 1 FROM upload_sidecars WHERE project_id = ?1 AND upload_id = ?2 AND path = ?3",
            args![project, upload, &new.path],
            |row| row.int(0),
        )?;
        self.exec_later(
            "INSERT INTO upload_sidecars (project_id, upload_id, path, row, data) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (project_id, upload_id, path) DO UPDATE SET row = excluded.row, data = excluded.data",
            args![project, upload, &new.path, new.row, &new.data],
        )?;
        Ok(known.is_none())
    }

    /// Takes the row that waits for a path; it is no longer kept.
    pub fn take_sidecar(
        &self,
        project: ProjectId,
        upload: UploadId,
        path: &str,
    ) -> Result<Option<SidecarRow>> {
        let found = self.one(
            "SELECT path, row, reported, data FROM upload_sidecars
             WHERE project_id = ?1 AND upload_id = ?2 AND path = ?3",
            args![project, upload, path],
            |row| {
                Ok(SidecarRow {
                    path: row.text(0)?,
                    row: row.int(1)?,
                    reported: row.bool(2)?,
                    data: row.text(3)?,
                })
            },
        )?;
        if found.is_some() {
            self.exec_later(
                "DELETE FROM upload_sidecars WHERE project_id = ?1 AND upload_id = ?2 AND path = ?3",
                args![project, upload, path],
            )?;
        }
        Ok(found)
    }

    /// Rows that wait and are not in the report, as missing or because their file was refused: how many, and path and
    /// row of the first `limit`.
    pub fn waiting_sidecars(
        &self,
        project: ProjectId,
        upload: UploadId,
        limit: u32,
    ) -> Result<(i64, Vec<(String, i64)>)> {
        const WAITING: &str =
            "FROM upload_sidecars s WHERE project_id = ?1 AND upload_id = ?2 AND reported = 0
             AND NOT EXISTS (SELECT 1 FROM upload_files f WHERE f.project_id = s.project_id
                             AND f.upload_id = s.upload_id AND f.path = s.path AND f.state = 'refused')";
        let n = self.int(&format!("SELECT count(*) {WAITING}"), args![project, upload])?;
        let first = self.all(
            &format!("SELECT path, row {WAITING} ORDER BY path LIMIT ?3"),
            args![project, upload, limit],
            |row| Ok((row.text(0)?, row.int(1)?)),
        )?;
        Ok((n, first))
    }

    /// Notes that every row that waits is in the report.
    pub fn report_sidecars(&self, project: ProjectId, upload: UploadId) -> Result<()> {
        self.exec_later(
            "UPDATE upload_sidecars SET reported = 1 WHERE project_id = ?1 AND upload_id = ?2 AND reported = 0
             AND NOT EXISTS (SELECT 1 FROM upload_files f WHERE f.project_id = upload_sidecars.project_id
                             AND f.upload_id = upload_sidecars.upload_id AND f.path = upload_sidecars.path
                             AND f.state = 'refused')",
            args![project, upload],
        )?;
        Ok(())
    }

    /// Forgets all rows that wait.
    pub fn drop_sidecars(&self, project: ProjectId, upload: UploadId) -> Result<()> {
        self.exec_later(
            "DELETE FROM upload_sidecars WHERE project_id = ?1 AND upload_id = ?2",
            args![project, upload],
        )?;
        Ok(())
    }
}
