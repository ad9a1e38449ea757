//! The report of an upload: what was refused, and why. Bounded: beyond the bound problems are only counted, in the
//! upload's row.

use sheaf_model::{ProjectId, UploadId};

use crate::args;
use crate::error::Result;
use crate::sql::Tx;

/// Problems of one upload that are kept.
pub const PROBLEMS_MAX: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemRow {
    /// Place in the report; given by the store.
    pub seq: i64,
    pub row: Option<i64>,
    pub path: Option<String>,
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
}

impl Tx<'_> {
    /// Adds problems to the report, as many as there is room for.
    pub fn add_problems(&self, project: ProjectId, upload: UploadId, new: &[ProblemRow]) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let kept = self.n_problems(project, upload)? as usize;
        let last = self.int(
            "SELECT coalesce(max(seq), 0) FROM upload_problems WHERE project_id = ?1 AND upload_id = ?2",
            args![project, upload],
        )?;
        for (seq, problem) in (last + 1..).zip(new).take(PROBLEMS_MAX.saturating_sub(kept)) {
            self.exec_later(
                "INSERT INTO upload_problems (project_id, upload_id, seq, row, path, code, message, hint)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                args![
                    project,
                    upload,
                    seq,
                    problem.row,
                    problem.path.as_ref(),
                    &problem.code,
                    &problem.message,
                    problem.hint.as_ref(),
                ],
            )?;
        }
        Ok(())
    }

    /// Takes the problem of a path out of the report: the file came again and was accepted, or has another problem.
    pub fn drop_problem(&self, project: ProjectId, upload: UploadId, path: &str) -> Result<()> {
        self.exec_later(
            "DELETE FROM upload_problems WHERE project_id = ?1 AND upload_id = ?2 AND path = ?3",
            args![project, upload, path],
        )?;
        Ok(())
    }

    /// Problems in the order of the report, after `after`.
    pub fn problems(
        &self,
        project: ProjectId,
        upload: UploadId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ProblemRow>> {
        self.all(
            "SELECT seq, row, path, code, message, hint FROM upload_problems
             WHERE project_id = ?1 AND upload_id = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
            args![project, upload, after, limit],
            |row| {
                Ok(ProblemRow {
                    seq: row.int(0)?,
                    row: row.opt_int(1)?,
                    path: row.opt_text(2)?,
                    code: row.text(3)?,
                    message: row.text(4)?,
                    hint: row.opt_text(5)?,
                })
            },
        )
    }

    pub fn n_problems(&self, project: ProjectId, upload: UploadId) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM upload_problems WHERE project_id = ?1 AND upload_id = ?2",
            args![project, upload],
        )
    }
}
