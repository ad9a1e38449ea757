//! Queries that were kept under a name: a person's own, and those that are shared with the project.

use sheaf_model::{Millis, ProjectId, SavedQueryId, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct SavedQueryRow {
    pub project: ProjectId,
    pub id: SavedQueryId,
    pub name: String,
    pub query: String,
    pub sort: Option<String>,
    pub shared: bool,
    pub owner: UserId,
    pub created: Millis,
    pub updated: Millis,
}

const COLUMNS: &str = "project_id, saved_query_id, name, query, sort, shared, owner, created_ms, updated_ms";

fn saved_query(row: &Row<'_>) -> Result<SavedQueryRow> {
    Ok(SavedQueryRow {
        project: ProjectId(row.int(0)?),
        id: SavedQueryId(row.int(1)?),
        name: row.text(2)?,
        query: row.text(3)?,
        sort: row.opt_text(4)?,
        shared: row.bool(5)?,
        owner: UserId(row.int(6)?),
        created: row.int(7)?,
        updated: row.int(8)?,
    })
}

impl Tx<'_> {
    pub fn insert_saved_query(&self, new: &SavedQueryRow) -> Result<()> {
        self.exec_later(
            &format!("INSERT INTO saved_queries ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
            args![
                new.project,
                new.id,
                &new.name,
                &new.query,
                new.sort.as_ref(),
                new.shared,
                new.owner,
                new.created,
                new.updated,
            ],
        )?;
        Ok(())
    }

    /// Writes everything that may be changed.
    pub fn update_saved_query(&self, changed: &SavedQueryRow) -> Result<()> {
        self.exec_later(
            "UPDATE saved_queries SET name = ?3, query = ?4, sort = ?5, shared = ?6, updated_ms = ?7
             WHERE project_id = ?1 AND saved_query_id = ?2",
            args![
                changed.project,
                changed.id,
                &changed.name,
                &changed.query,
                changed.sort.as_ref(),
                changed.shared,
                changed.updated,
            ],
        )?;
        Ok(())
    }

    pub fn saved_query(&self, project: ProjectId, id: SavedQueryId) -> Result<Option<SavedQueryRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM saved_queries WHERE project_id = ?1 AND saved_query_id = ?2"),
            args![project, id],
            saved_query,
        )
    }

    /// The queries of a person, by name.
    pub fn own_saved_queries(&self, project: ProjectId, owner: UserId) -> Result<Vec<SavedQueryRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM saved_queries WHERE project_id = ?1 AND owner = ?2
                 ORDER BY name, saved_query_id"
            ),
            args![project, owner],
            saved_query,
        )
    }

    /// The queries that everybody in the project sees, by name.
    pub fn shared_saved_queries(&self, project: ProjectId) -> Result<Vec<SavedQueryRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM saved_queries WHERE project_id = ?1 AND shared = 1
                 ORDER BY name, saved_query_id"
            ),
            args![project],
            saved_query,
        )
    }

    pub fn delete_saved_query(&self, project: ProjectId, id: SavedQueryId) -> Result<()> {
        self.exec_later(
            "DELETE FROM saved_queries WHERE project_id = ?1 AND saved_query_id = ?2",
            args![project, id],
        )?;
        Ok(())
    }
}
