//! What became of each file of an upload: for resuming, for the answer to a second try, for the list.

use sheaf_model::{Ordinal, ProjectId, UploadId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It is an asset, or an archive whose entries were read.
    Done,
    /// The same content was there before.
    Duplicate,
    Refused,
}

impl FileState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Duplicate, Self::Refused].into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone)]
pub struct FileRow {
    pub path: String,
    pub size: i64,
    pub state: FileState,
    pub ordinal: Option<Ordinal>,
    pub code: Option<String>,
    pub message: Option<String>,
}

/// A file that is an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFile {
    pub path: String,
    pub ordinal: Ordinal,
    /// Of an image, in pixels.
    pub width: Option<u32>,
    pub height: Option<u32>,
}

const COLUMNS: &str = "path, size, state, ordinal, code, message";

fn file(row: &Row<'_>) -> Result<FileRow> {
    let path = row.text(0)?;
    let state = row.text(2)?;
    Ok(FileRow {
        size: row.int(1)?,
        state: FileState::parse(&state)
            .ok_or_else(|| StoreError::inconsistent("upload_files", &path, format!("state `{state}`")))?,
        ordinal: row.opt_u32(3)?,
        code: row.opt_text(4)?,
        message: row.opt_text(5)?,
        path,
    })
}

impl Tx<'_> {
    pub fn upload_file(&self, project: ProjectId, upload: UploadId, path: &str) -> Result<Option<FileRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM upload_files WHERE project_id = ?1 AND upload_id = ?2 AND path = ?3"
            ),
            args![project, upload, path],
            file,
        )
    }

    /// Those of some files of an upload that there are.
    pub fn upload_files_at(
        &self,
        project: ProjectId,
        upload: UploadId,
        paths: &[&str],
    ) -> Result<Vec<FileRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM upload_files WHERE project_id = ?1 AND upload_id = ?2 AND path = ?3"
        );
        let keys: Vec<_> = paths.iter().map(|path| args![project, upload, *path].to_vec()).collect();
        self.many(&sql, &keys, file)
    }

    /// Writes what became of a file, over what was known of the path before.
    pub fn put_upload_file(&self, project: ProjectId, upload: UploadId, row: &FileRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO upload_files (project_id, upload_id, path, size, state, ordinal, code, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (project_id, upload_id, path) DO UPDATE SET size = excluded.size, state = excluded.state,
                 ordinal = excluded.ordinal, code = excluded.code, message = excluded.message",
            args![
                project,
                upload,
                &row.path,
                row.size,
                row.state.as_str(),
                row.ordinal,
                row.code.as_ref(),
                row.message.as_ref(),
            ],
        )?;
        Ok(())
    }

    /// Files in the order of their paths, after `after`; of one state when it is given.
    pub fn upload_files(
        &self,
        project: ProjectId,
        upload: UploadId,
        state: Option<FileState>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<FileRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM upload_files
                 WHERE project_id = ?1 AND upload_id = ?2 AND path > ?3 AND (CAST(?4 AS TEXT) IS NULL OR state = ?4)
                 ORDER BY path LIMIT ?5"
            ),
            args![project, upload, after, state.map(FileState::as_str), limit],
            file,
        )
    }

    /// Files that are assets, in the order of their paths, after `after`.
    pub fn upload_asset_files(
        &self,
        project: ProjectId,
        upload: UploadId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<AssetFile>> {
        self.all(
            "SELECT f.path, f.ordinal, a.width, a.height FROM upload_files f
             JOIN assets a ON a.project_id = f.project_id AND a.ordinal = f.ordinal
             WHERE f.project_id = ?1 AND f.upload_id = ?2 AND f.path > ?3
             ORDER BY f.path LIMIT ?4",
            args![project, upload, after, limit],
            |row| {
                Ok(AssetFile {
                    path: row.text(0)?,
                    ordinal: row.u32(1)?,
                    width: row.opt_u32(2)?,
                    height: row.opt_u32(3)?,
                })
            },
        )
    }

    pub fn n_upload_files(
        &self,
        project: ProjectId,
        upload: UploadId,
        state: Option<FileState>,
    ) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM upload_files
             WHERE project_id = ?1 AND upload_id = ?2 AND (CAST(?3 AS TEXT) IS NULL OR state = ?3)",
            args![project, upload, state.map(FileState::as_str)],
        )
    }
}
