//! How a batch's members came about, one row a change; and the change itself.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Millis, ProjectId, RevisionAction, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct RevisionRow {
    /// From 1.
    pub revision: i64,
    pub action: RevisionAction,
    /// Assets that came or went.
    pub n: i64,
    /// The recipe as a sentence.
    pub text: String,
    /// JSON, as the app wrote it; none for the first: it is the batch's.
    pub recipe: Option<String>,
    pub at: Millis,
    pub actor: UserId,
}

/// The members of a batch after a change.
#[derive(Debug)]
pub struct Changed<'a> {
    pub members: &'a RoaringBitmap,
    /// Members below the cursor that nobody has touched.
    pub late: &'a RoaringBitmap,
    /// Never used before for this batch.
    pub stamp: i64,
}

fn revision(row: &Row<'_>) -> Result<RevisionRow> {
    let (number, action) = (row.int(0)?, row.text(1)?);
    Ok(RevisionRow {
        revision: number,
        action: RevisionAction::parse(&action).ok_or_else(|| {
            StoreError::inconsistent("batch_revisions", number, format!("action `{action}`"))
        })?,
        n: row.int(2)?,
        text: row.text(3)?,
        recipe: row.opt_text(4)?,
        at: row.int(5)?,
        actor: UserId(row.int(6)?),
    })
}

impl Tx<'_> {
    pub fn insert_revision(&self, project: ProjectId, batch: BatchId, new: &RevisionRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO batch_revisions (project_id, batch_id, revision, action, n, text, recipe, at_ms, actor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            args![
                project,
                batch,
                new.revision,
                new.action.as_str(),
                new.n,
                &new.text,
                new.recipe.as_deref(),
                new.at,
                new.actor,
            ],
        )?;
        Ok(())
    }

    /// Revisions of a batch with their recipes, oldest first.
    pub fn batch_revisions(&self, project: ProjectId, batch: BatchId) -> Result<Vec<RevisionRow>> {
        self.all(
            "SELECT revision, action, n, text, recipe, at_ms, actor FROM batch_revisions
             WHERE project_id = ?1 AND batch_id = ?2 ORDER BY revision",
            args![project, batch],
            revision,
        )
    }

    /// One revision of a batch, with its recipe.
    pub fn batch_revision(
        &self,
        project: ProjectId,
        batch: BatchId,
        number: i64,
    ) -> Result<Option<RevisionRow>> {
        self.one(
            "SELECT revision, action, n, text, recipe, at_ms, actor FROM batch_revisions
             WHERE project_id = ?1 AND batch_id = ?2 AND revision = ?3",
            args![project, batch, number],
            revision,
        )
    }

    /// Writes a revision anew that has grown.
    pub fn set_revision(&self, project: ProjectId, batch: BatchId, grown: &RevisionRow) -> Result<()> {
        self.exec_later(
            "UPDATE batch_revisions SET n = ?4, text = ?5, recipe = ?6, at_ms = ?7
             WHERE project_id = ?1 AND batch_id = ?2 AND revision = ?3",
            args![project, batch, grown.revision, grown.n, &grown.text, grown.recipe.as_deref(), grown.at],
        )
    }

    /// One page of a batch's revisions without their recipes, newest first, older than `before`.
    pub fn batch_revisions_page(
        &self,
        project: ProjectId,
        batch: BatchId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RevisionRow>> {
        self.all(
            "SELECT revision, action, n, text, NULL, at_ms, actor FROM batch_revisions
             WHERE project_id = ?1 AND batch_id = ?2 AND revision < ?3 ORDER BY revision DESC LIMIT ?4",
            args![project, batch, before.unwrap_or(i64::MAX), limit],
            revision,
        )
    }

    /// Writes a batch's members anew and counts its revision up.
    pub fn change_members(&self, project: ProjectId, batch: BatchId, changed: &Changed<'_>) -> Result<()> {
        self.count_revision(project, batch)?;
        self.grow_members(project, batch, changed)
    }

    /// Writes a batch's members anew, as its last revision has it once that has grown.
    pub fn grow_members(&self, project: ProjectId, batch: BatchId, changed: &Changed<'_>) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET n_members = ?3, stamp = ?4 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch, changed.members.len() as i64, changed.stamp],
        )?;
        self.exec_later(
            "DELETE FROM batch_members WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch],
        )?;
        self.insert_members(project, batch, changed.members)?;
        self.write_late(project, batch, changed.late)
    }

    /// Writes the late members anew; none of them is touched.
    pub(crate) fn write_late(&self, project: ProjectId, batch: BatchId, late: &RoaringBitmap) -> Result<()> {
        self.restart_late(project, batch)?;
        self.exec_later(
            "DELETE FROM batch_late WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch],
        )?;
        for blob in sheaf_select::members::encode(late) {
            self.exec_later(
                "INSERT INTO batch_late (project_id, batch_id, chunk, n, data) VALUES (?1, ?2, ?3, ?4, ?5)",
                args![project, batch, blob.chunk, blob.count, &blob.data],
            )?;
        }
        Ok(())
    }
}
