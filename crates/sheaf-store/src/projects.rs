//! Projects.

use std::collections::HashMap;

use sheaf_model::project::{Attribution, Media, ProjectSettings};
use sheaf_model::{Millis, ProjectId, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx, to_json};

#[derive(Debug, Clone)]
pub struct ProjectRow {
    pub id: ProjectId,
    pub name: String,
    pub media: Media,
    pub instructions: String,
    pub settings: ProjectSettings,
    pub attribution: Option<Attribution>,
    pub archived: bool,
    /// 0: there is none yet.
    pub taxonomy_version: i64,
    pub n_assets: u32,
    /// Of the library's rows and index.
    pub revision: i64,
    pub created: Millis,
    pub created_by: UserId,
}

const COLUMNS: &str =
    "project_id, name, media, instructions, settings, attribution, archived, taxonomy_version,
     n_assets, revision, created_ms, created_by";

fn project(row: &Row<'_>) -> Result<ProjectRow> {
    let id = row.int(0)?;
    let media = row.text(2)?;
    Ok(ProjectRow {
        id: ProjectId(id),
        name: row.text(1)?,
        media: Media::parse(&media)
            .ok_or_else(|| StoreError::inconsistent("projects", id, format!("media `{media}`")))?,
        instructions: row.text(3)?,
        settings: row.json(4)?,
        attribution: row.opt_json(5)?,
        archived: row.bool(6)?,
        taxonomy_version: row.int(7)?,
        n_assets: row.u32(8)?,
        revision: row.int(9)?,
        created: row.int(10)?,
        created_by: UserId(row.int(11)?),
    })
}

impl Tx<'_> {
    pub fn insert_project(&self, new: &ProjectRow) -> Result<()> {
        let attribution = new.attribution.as_ref().map(to_json).transpose()?;
        self.exec_later(
            "INSERT INTO projects (project_id, name, media, instructions, settings, attribution, created_ms, created_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            args![
                new.id,
                &new.name,
                new.media.as_str(),
                &new.instructions,
                &to_json(&new.settings)?,
                attribution.as_ref(),
                new.created,
                new.created_by,
            ],
        )?;
        Ok(())
    }

    /// Writes what a manager may change: name, instructions, settings, archived.
    pub fn update_project(&self, changed: &ProjectRow) -> Result<()> {
        self.exec_later(
            "UPDATE projects SET name = ?2, instructions = ?3, settings = ?4, archived = ?5 WHERE project_id = ?1",
            args![
                changed.id,
                &changed.name,
                &changed.instructions,
                &to_json(&changed.settings)?,
                changed.archived,
            ],
        )?;
        Ok(())
    }

    pub fn project(&self, id: ProjectId) -> Result<Option<ProjectRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM projects WHERE project_id = ?1"), args![id], project)
    }

    pub fn project_by_name(&self, name: &str) -> Result<Option<ProjectRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM projects WHERE name = ?1"), args![name], project)
    }

    /// Every project, by name. An instance has tens of them, not thousands.
    pub fn projects(&self) -> Result<Vec<ProjectRow>> {
        self.all(&format!("SELECT {COLUMNS} FROM projects ORDER BY name, project_id"), args![], project)
    }

    /// Batches of every project.
    pub fn batch_counts(&self) -> Result<HashMap<ProjectId, u32>> {
        let rows =
            self.all("SELECT project_id, count(*) FROM batches GROUP BY project_id", args![], |row| {
                Ok((ProjectId(row.int(0)?), row.u32(1)?))
            })?;
        Ok(rows.into_iter().collect())
    }

    pub fn project_counts(&self, project: ProjectId) -> Result<ProjectCounts> {
        self.settle_progress()?;
        let counts = self.one(
            "SELECT count(*),
                    coalesce(sum(CASE WHEN launched_ms IS NOT NULL THEN n_members ELSE 0 END), 0),
                    (SELECT coalesce(sum(n_submitted), 0) FROM batch_progress WHERE project_id = ?1)
             FROM batches WHERE project_id = ?1",
            args![project],
            |row| Ok(ProjectCounts { batches: row.u32(0)?, tasks: row.int(1)?, submitted: row.int(2)? }),
        )?;
        Ok(counts.unwrap_or_default())
    }
}

/// What there is in a project besides assets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProjectCounts {
    pub batches: u32,
    /// Tasks of batches that were launched.
    pub tasks: i64,
    pub submitted: i64,
}
