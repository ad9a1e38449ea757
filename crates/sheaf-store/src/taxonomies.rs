//! Versions of a project's taxonomy. A version is never changed; the project names the one in force.

use sheaf_model::{Millis, ProjectId, Taxonomy, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Tx, to_json};

#[derive(Debug, Clone)]
pub struct TaxonomyRow {
    pub version: i64,
    pub body: Taxonomy,
    pub created: Millis,
    pub created_by: UserId,
}

impl Tx<'_> {
    pub fn taxonomy(&self, project: ProjectId, version: i64) -> Result<Option<TaxonomyRow>> {
        self.one(
            "SELECT version, body, created_ms, created_by FROM taxonomies WHERE project_id = ?1 AND version = ?2",
            args![project, version],
            |row| {
                Ok(TaxonomyRow {
                    version: row.int(0)?,
                    body: row.json(1)?,
                    created: row.int(2)?,
                    created_by: UserId(row.int(3)?),
                })
            },
        )
    }

    /// Adds a version and puts it in force.
    pub fn put_taxonomy(&self, project: ProjectId, new: &TaxonomyRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO taxonomies (project_id, version, body, created_ms, created_by) VALUES (?1, ?2, ?3, ?4, ?5)",
            args![project, new.version, &to_json(&new.body)?, new.created, new.created_by],
        )?;
        self.exec_later(
            "UPDATE projects SET taxonomy_version = ?2 WHERE project_id = ?1",
            args![project, new.version],
        )?;
        Ok(())
    }
}
