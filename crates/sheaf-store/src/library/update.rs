//! Replacing an asset that was uploaded again under its reference id: the row, and the blocks of the fields that changed.

use std::sync::Arc;

use sheaf_model::{Ordinal, ProjectId};
use sheaf_select::{AssetFacts, CHUNK, Snapshot, changed_fields, patch_block};

use crate::args;
use crate::error::{Result, StoreError};
use crate::library::append::{NewAsset, select};
use crate::library::index::ProjectIndex;
use crate::sql::Tx;

impl Tx<'_> {
    /// Gives the asset new content and metadata. Its ordinal, upload and time of upload stay. `false` when there is no
    /// such asset.
    pub fn replace_asset(&self, project: ProjectId, ordinal: Ordinal, asset: &NewAsset) -> Result<bool> {
        let Some(index) = self.index(project)? else { return Ok(false) };
        let Some(old) = self.facts(project, ordinal, ordinal.saturating_add(1))?.pop() else {
            return Ok(false);
        };
        let new = AssetFacts {
            name: asset.name.clone().into(),
            reference: asset.reference.clone().map(Into::into),
            media_type: asset.media_type.into(),
            size: asset.size.map(|n| n as u64),
            width: asset.width,
            height: asset.height,
            metadata: asset.metadata.clone().into(),
            ..old.clone()
        };
        self.exec(
            "UPDATE assets SET name = ?3, reference = ?4, media_type = ?5, size = ?6, width = ?7, height = ?8,
                    fingerprint = ?9, content = ?10, thumbnail = ?11, url = ?12, metadata = ?13
             WHERE project_id = ?1 AND ordinal = ?2",
            args![
                project,
                ordinal,
                &asset.name,
                asset.reference.as_ref(),
                asset.media_type,
                asset.size,
                asset.width,
                asset.height,
                asset.fingerprint,
                asset.content.as_ref(),
                asset.thumbnail.as_ref(),
                asset.url.as_ref(),
                &asset.metadata,
            ],
        )?;
        if let Some(text) = &asset.text {
            self.put_text(project, ordinal, text)?;
        }
        self.reindex(project, &index, &old, new)?;
        Ok(true)
    }

    fn reindex(
        &self,
        project: ProjectId,
        index: &ProjectIndex,
        old: &AssetFacts<'_>,
        new: AssetFacts<'_>,
    ) -> Result<()> {
        let changed = changed_fields(old, &new).map_err(select)?;
        let revision = self.next_revision(project)?;
        let chunk = new.ordinal / CHUNK;
        let mut sealed = index.snapshot.sealed.to_vec();
        let mut tail = index.snapshot.tail.clone();
        let mut tail_revision = index.tail_revision;
        if let Some(version) = sealed.get_mut(chunk as usize) {
            let ids = self.ensure_fields(project, &changed)?;
            for key in &changed {
                let stored = self.block(project, ids[key], chunk)?;
                let data =
                    patch_block(key, chunk, stored.as_deref(), std::slice::from_ref(&new)).map_err(select)?;
                self.put_block(project, ids[key], chunk, data.as_deref())?;
            }
            *version = revision as u64;
            self.exec(
                "UPDATE chunks SET version = ?3 WHERE project_id = ?1 AND chunk = ?2",
                args![project, chunk, revision],
            )?;
        } else {
            tail = tail.update(&[new]).map_err(select)?;
            tail_revision = revision;
        }
        let n = self.exec(
            "UPDATE projects SET revision = ?2, tail_revision = ?3 WHERE project_id = ?1",
            args![project, revision, tail_revision],
        )?;
        if n != 1 {
            return Err(StoreError::inconsistent("projects", project, "is not there"));
        }
        let snapshot = Snapshot::new(project.0, sealed.into(), tail, revision as u64);
        self.pending.borrow_mut().insert(project.0, Arc::new(ProjectIndex { snapshot, tail_revision }));
        Ok(())
    }
}
