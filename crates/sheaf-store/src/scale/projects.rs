//! Projects as clients of Scale's API made them, and the history of their parameters.

use sheaf_model::{Millis, ProjectId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct ClientProject {
    pub project: ProjectId,
    /// Of its tasks, in Scale's words.
    pub kind: String,
    /// Whether its batches wait to be finalized.
    pub staged: bool,
    /// Numbers that were given to tasks.
    pub n_tasks: u32,
    /// What its callbacks show.
    pub callback_key: String,
    pub created: Millis,
}

/// A version of a project's parameters.
#[derive(Debug, Clone)]
pub struct ParamsRow {
    pub version: i64,
    /// A JSON object.
    pub params: String,
    pub created: Millis,
}

const COLUMNS: &str = "project_id, type, staged, n_tasks, callback_key, created_ms";

fn project(row: &Row<'_>) -> Result<ClientProject> {
    Ok(ClientProject {
        project: ProjectId(row.int(0)?),
        kind: row.text(1)?,
        staged: row.bool(2)?,
        n_tasks: row.u32(3)?,
        callback_key: row.text(4)?,
        created: row.int(5)?,
    })
}

fn params(row: &Row<'_>) -> Result<ParamsRow> {
    Ok(ParamsRow { version: row.int(0)?, params: row.text(1)?, created: row.int(2)? })
}

impl Tx<'_> {
    pub fn client_project(&self, id: ProjectId) -> Result<Option<ClientProject>> {
        self.one(&format!("SELECT {COLUMNS} FROM scale_projects WHERE project_id = ?1"), args![id], project)
    }

    /// Every project that a client has used.
    pub fn client_projects(&self) -> Result<Vec<ClientProject>> {
        self.all(&format!("SELECT {COLUMNS} FROM scale_projects ORDER BY project_id"), args![], project)
    }

    pub fn insert_client_project(&self, new: &ClientProject) -> Result<()> {
        self.exec_later(
            "INSERT INTO scale_projects (project_id, type, staged, n_tasks, callback_key, created_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            args![new.project, &new.kind, new.staged, new.n_tasks, &new.callback_key, new.created],
        )
    }

    pub fn set_callback_key(&self, id: ProjectId, key: &str) -> Result<()> {
        self.exec_later("UPDATE scale_projects SET callback_key = ?2 WHERE project_id = ?1", args![id, key])
    }

    /// Versions of a project's parameters, the first first.
    pub fn client_params(&self, id: ProjectId) -> Result<Vec<ParamsRow>> {
        self.all(
            "SELECT version, params, created_ms FROM scale_params WHERE project_id = ?1 ORDER BY version",
            args![id],
            params,
        )
    }

    /// One version of a project's parameters, or the newest.
    pub fn client_params_at(&self, id: ProjectId, version: Option<i64>) -> Result<Option<ParamsRow>> {
        self.one(
            "SELECT version, params, created_ms FROM scale_params WHERE project_id = ?1 AND version <= ?2
             ORDER BY version DESC LIMIT 1",
            args![id, version.unwrap_or(i64::MAX)],
            params,
        )
    }

    pub fn insert_client_params(&self, id: ProjectId, new: &ParamsRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO scale_params (project_id, version, params, created_ms) VALUES (?1, ?2, ?3, ?4)",
            args![id, new.version, &new.params, new.created],
        )
    }
}
