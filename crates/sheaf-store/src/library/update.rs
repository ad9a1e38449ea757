//! Changing assets that are there: their rows, and the blocks of the fields that change. However many assets of a chunk
//! change at once, each block is rewritten once.

use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;
use sheaf_model::{Ordinal, ProjectId};
use sheaf_select::{AssetFacts, CHUNK, Changes, Snapshot};

use crate::ahead::Ask;
use crate::args;
use crate::error::{Result, StoreError};
use crate::library::append::{NewAsset, select};
use crate::library::index::ProjectIndex;
use crate::sql::Tx;

/// What is to become of an asset's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewMetadata {
    /// It stays as it is.
    Same,
    /// Text of a JSON object.
    Changed(String),
    /// This asset and those after it are left for another transaction.
    Stop,
}

/// Rows that are read at once.
const ROWS_AT_ONCE: usize = 128;

/// What [`Tx::update_metadata`] did.
#[derive(Debug, Default)]
pub struct MetadataUpdated {
    pub changed: RoaringBitmap,
    /// How many of the ordinals were looked at: all of them unless it was stopped.
    pub n_done: usize,
}

impl Tx<'_> {
    /// Gives the asset new content and metadata. Its ordinal, upload and time of upload stay. `false` when there is no
    /// such asset.
    pub fn replace_asset(&self, project: ProjectId, ordinal: Ordinal, asset: &NewAsset) -> Result<bool> {
        let Some(index) = self.index(project)? else { return Ok(false) };
        let Some(old) = self.facts(project, ordinal, ordinal.saturating_add(1))?.pop() else {
            return Ok(false);
        };
        let new = AssetFacts {
            name: asset.name.as_str().into(),
            reference: asset.reference.as_deref().map(Into::into),
            media_type: asset.media_type.into(),
            size: asset.size.map(|n| n as u64),
            width: asset.width,
            height: asset.height,
            metadata: asset.metadata.as_str().into(),
            ..old.clone()
        };
        self.exec_later(
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
        let mut changes = Changes::default();
        changes.add(&old, &new).map_err(select)?;
        self.reindex(project, &index, &BTreeMap::from([(ordinal / CHUNK, changes)]))?;
        Ok(true)
    }

    /// Gives assets new metadata: `change` is asked for each of these ordinals (ascending, each once) with its reference
    /// id and its metadata. Ordinals that are not there are passed over.
    pub fn update_metadata<E: From<StoreError>>(
        &self,
        project: ProjectId,
        ordinals: impl IntoIterator<Item = Ordinal>,
        mut change: impl FnMut(Ordinal, Option<&str>, &str) -> std::result::Result<NewMetadata, E>,
    ) -> std::result::Result<MetadataUpdated, E> {
        let mut out = MetadataUpdated::default();
        let Some(index) = self.index(project)? else { return Ok(out) };
        let mut changes: BTreeMap<u32, Changes> = BTreeMap::new();
        let mut ordinals = ordinals.into_iter().peekable();
        'all: while ordinals.peek().is_some() {
            let some: Vec<Ordinal> = ordinals.by_ref().take(ROWS_AT_ONCE).collect();
            let keys: Vec<_> = some.iter().map(|ordinal| args![project, *ordinal].to_vec()).collect();
            let rows = self.many(
                "SELECT ordinal, reference, metadata FROM assets WHERE project_id = ?1 AND ordinal = ?2",
                &keys,
                |row| Ok((row.u32(0)?, row.opt_text(1)?, row.text(2)?)),
            )?;
            let mut rows = rows.into_iter().peekable();
            for ordinal in some {
                if let Some((_, reference, old)) = rows.next_if(|(found, ..)| *found == ordinal) {
                    match change(ordinal, reference.as_deref(), &old)? {
                        NewMetadata::Same => {}
                        NewMetadata::Stop => break 'all,
                        NewMetadata::Changed(new) => {
                            self.ahead.forget(&Ask::Asset(project, ordinal));
                            self.gather(
                                "UPDATE assets SET metadata = ?3 WHERE project_id = ?1 AND ordinal = ?2",
                                (project, ordinal),
                                args![project, ordinal, &new],
                            )?;
                            out.changed.insert(ordinal);
                            let facts = |metadata: String| AssetFacts {
                                ordinal,
                                metadata: metadata.into(),
                                ..AssetFacts::default()
                            };
                            let changes = changes.entry(ordinal / CHUNK).or_default();
                            changes.add(&facts(old), &facts(new)).map_err(select)?;
                        }
                    }
                }
                out.n_done += 1;
            }
        }
        if !changes.is_empty() {
            self.reindex(project, &index, &changes)?;
        }
        Ok(out)
    }

    /// Rewrites what the index has of these changes, by chunk: a block for each field of a sealed one, columns of the tail.
    fn reindex(
        &self,
        project: ProjectId,
        index: &ProjectIndex,
        changes: &BTreeMap<u32, Changes>,
    ) -> Result<()> {
        let revision = self.next_revision(project)?;
        let mut sealed = index.snapshot.sealed.to_vec();
        let mut tail = index.snapshot.tail.clone();
        let mut tail_revision = index.tail_revision;
        for (&chunk, changes) in changes {
            let Some(version) = sealed.get_mut(chunk as usize) else {
                tail = tail.update(changes).map_err(select)?;
                tail_revision = revision;
                continue;
            };
            let ids = self.ensure_fields(project, changes.fields())?;
            for field in changes.fields() {
                let stored = self.block(project, ids[field], chunk)?;
                let data = changes.patch(field, chunk, stored.as_deref()).map_err(select)?;
                self.put_block(project, ids[field], chunk, data.as_deref())?;
            }
            *version = revision as u64;
            self.exec_later(
                "UPDATE chunks SET version = ?3 WHERE project_id = ?1 AND chunk = ?2",
                args![project, chunk, revision],
            )?;
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
