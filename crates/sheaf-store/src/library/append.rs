//! Appending assets: rows, and, when they fill a chunk, its blocks, in one transaction.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use sheaf_model::{Millis, Ordinal, ProjectId, UploadId};
use sheaf_select::{AssetFacts, Snapshot};

use crate::args;
use crate::error::{Result, StoreError};
use crate::library::index::ProjectIndex;
use crate::sql::Tx;
use crate::topics::Topic;

/// An asset to be added. Its ordinal is given by the store.
#[derive(Debug, Clone, Default)]
pub struct NewAsset {
    pub name: String,
    pub reference: Option<String>,
    pub media_type: &'static str,
    pub size: Option<i64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// First 8 bytes of a SHA-256 over content and row.
    pub fingerprint: i64,
    pub content: Option<[u8; 32]>,
    pub thumbnail: Option<[u8; 32]>,
    pub url: Option<String>,
    pub text: Option<String>,
    /// A JSON object.
    pub metadata: String,
}

/// The ordinals that were given: `first..first + n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendedAssets {
    pub first: Ordinal,
    pub n: u32,
}

/// Ordinals are 32 bits.
const ASSETS_MAX: i64 = u32::MAX as i64;

impl Tx<'_> {
    /// Adds assets at the end of the library, in this order. The project must exist.
    pub fn append_assets(
        &self,
        project: ProjectId,
        upload: UploadId,
        now: Millis,
        assets: &[NewAsset],
    ) -> Result<AppendedAssets> {
        let index = self
            .index(project)?
            .ok_or_else(|| StoreError::inconsistent("projects", project, "is not there"))?;
        let first = index.snapshot.n_assets;
        if i64::from(first) + assets.len() as i64 > ASSETS_MAX {
            return Err(StoreError::Constraint(format!("a project holds at most {ASSETS_MAX} assets")));
        }
        let n = assets.len() as u32;
        if n == 0 {
            return Ok(AppendedAssets { first, n });
        }
        self.insert_assets(project, first, upload, now, assets)?;
        let facts: Vec<AssetFacts<'_>> =
            (first..).zip(assets).map(|(ordinal, asset)| facts_of(ordinal, upload, now, asset)).collect();
        let mut tail = index.snapshot.tail.append(&facts).map_err(select)?;
        let revision = self.next_revision(project)?;
        let mut sealed = index.snapshot.sealed.to_vec();
        while let Some((chunk, blocks, rest)) = tail.seal().map_err(select)? {
            let ids = self.ensure_fields(project, blocks.iter().map(|block| &block.field))?;
            for block in &blocks {
                self.put_block(project, ids[&block.field], chunk, Some(&block.data))?;
            }
            self.exec_later(
                "INSERT INTO chunks (project_id, chunk, version) VALUES (?1, ?2, ?3)",
                args![project, chunk, revision],
            )?;
            sealed.push(revision as u64);
            tail = rest;
        }
        self.exec_later(
            "UPDATE projects SET n_assets = ?2, revision = ?3 WHERE project_id = ?1",
            args![project, first + n, revision],
        )?;
        let snapshot = Snapshot::new(project.0, sealed.into(), tail, revision as u64);
        let index = ProjectIndex { snapshot, tail_revision: index.tail_revision };
        self.pending.borrow_mut().insert(project.0, Arc::new(index));
        self.tally.assets(n);
        Ok(AppendedAssets { first, n })
    }

    fn insert_assets(
        &self,
        project: ProjectId,
        first: Ordinal,
        upload: UploadId,
        now: Millis,
        assets: &[NewAsset],
    ) -> Result<()> {
        let rows = (first..).zip(assets).map(|(ordinal, asset)| {
            args![
                project,
                ordinal,
                &asset.name,
                asset.reference.as_ref(),
                upload,
                now,
                asset.media_type,
                asset.size,
                asset.width,
                asset.height,
                asset.fingerprint,
                asset.content.as_ref(),
                asset.thumbnail.as_ref(),
                asset.url.as_ref(),
                &asset.metadata,
            ]
            .to_vec()
        });
        self.insert(
            "assets",
            "project_id, ordinal, name, reference, upload_id, uploaded_ms, media_type, size, width, height, fingerprint,
             content, thumbnail, url, metadata",
            rows,
        )?;
        let texts = (first..).zip(assets);
        let mut texts = texts.filter_map(|(ordinal, asset)| Some((ordinal, asset.text.as_ref()?))).peekable();
        if texts.peek().is_none() {
            return Ok(());
        }
        let rows = texts.map(|(ordinal, text)| args![project, ordinal, text].to_vec());
        self.insert("texts", "project_id, ordinal, body", rows)
    }

    /// A number larger than every revision that the project ever had, also rolled-back ones of this process.
    pub(crate) fn next_revision(&self, project: ProjectId) -> Result<i64> {
        self.changed.add(Topic::Library);
        let stored = self.int("SELECT revision FROM projects WHERE project_id = ?1", args![project])?;
        // Unlike those that other nodes give at the same time, and may not keep.
        let random = self.conn.is_shared().then(|| RandomState::new().build_hasher().finish());
        Ok(crate::revision::next_after(stored, random))
    }
}

/// What is searchable of a new asset.
pub(crate) fn facts_of(ordinal: Ordinal, upload: UploadId, now: Millis, asset: &NewAsset) -> AssetFacts<'_> {
    AssetFacts {
        ordinal,
        name: Cow::Borrowed(&asset.name),
        reference: asset.reference.as_deref().map(Cow::Borrowed),
        upload: upload.0,
        uploaded_ms: now,
        media_type: Cow::Borrowed(asset.media_type),
        size: asset.size.map(|n| n as u64),
        width: asset.width,
        height: asset.height,
        duration_ms: None,
        metadata: Cow::Borrowed(&asset.metadata),
    }
}

/// An error of the index inside a write: the rows cannot be indexed, so they are not written.
pub(crate) fn select(error: sheaf_select::SelectError) -> StoreError {
    StoreError::Database(error.to_string())
}
