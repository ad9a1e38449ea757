//! The files of an upload that the server has, whole and in part: what a client asks before it goes on with an upload.

use sheaf_model::{ProjectId, UploadId};
use sheaf_store::upload_files::FileState;

use crate::uploads::incoming::incoming;
use crate::uploads::receive::blocking;
use crate::{Access, Actor, App, Error, Result};

#[derive(Debug, Clone)]
pub struct FileEntry {
    pub path: String,
    pub size: u64,
    pub received: u64,
    /// `partial`, `done`, `refused`.
    pub state: &'static str,
    pub code: Option<String>,
    pub message: Option<String>,
}

/// Which files are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFilter {
    All,
    Partial,
    Done,
    Refused,
}

impl FileFilter {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "partial" => Some(Self::Partial),
            "done" => Some(Self::Done),
            "refused" => Some(Self::Refused),
            _ => None,
        }
    }
}

#[derive(Debug)]
pub struct FilesPage {
    pub items: Vec<FileEntry>,
    /// Goes into the next call as `after`.
    pub next: Option<String>,
    pub total: i64,
}

/// Files by path, after the path `after`.
pub async fn files(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    upload: UploadId,
    filter: FileFilter,
    after: String,
    limit: u32,
) -> Result<FilesPage> {
    let (app, actor) = (app.clone(), actor.clone());
    blocking(move || {
        let state = match filter {
            FileFilter::Done => Some(FileState::Done),
            FileFilter::Refused => Some(FileState::Refused),
            FileFilter::All | FileFilter::Partial => None,
        };
        let limit = limit.max(1);
        let (rows, n_rows) = app.store().read_blocking(|tx| {
            Access::viewer(tx, &actor, project)?;
            tx.upload(project, upload)?.ok_or(Error::not_found("upload"))?;
            if filter == FileFilter::Partial {
                return Ok::<_, Error>((Vec::new(), 0));
            }
            let rows = tx.upload_files(project, upload, state, &after, limit.saturating_add(1))?;
            Ok((rows, tx.n_upload_files(project, upload, state)?))
        })?;
        let mut items: Vec<FileEntry> = rows
            .into_iter()
            .map(|row| FileEntry {
                size: row.size.unsigned_abs(),
                received: row.size.unsigned_abs(),
                state: if row.state == FileState::Refused { "refused" } else { "done" },
                code: row.code,
                message: row.message,
                path: row.path,
            })
            .collect();
        let mut n_parts = 0;
        if matches!(filter, FileFilter::All | FileFilter::Partial) {
            let parts = incoming(app.store(), upload).parts()?;
            n_parts = parts.len();
            items.extend(parts.into_iter().filter(|part| part.path > after).map(|part| FileEntry {
                path: part.path,
                size: part.size,
                received: part.received,
                state: "partial",
                code: None,
                message: None,
            }));
            // A file that is sent again is listed by what is missing of it.
            items.sort_by(|a, b| {
                a.path.cmp(&b.path).then((a.state != "partial").cmp(&(b.state != "partial")))
            });
            items.dedup_by(|second, first| second.path == first.path);
        }
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|item| item.path.clone());
        Ok(FilesPage { items, next, total: n_rows + n_parts as i64 })
    })
    .await
}
