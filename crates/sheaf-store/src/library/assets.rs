//! Reading asset rows: a page by ordinals, by reference, one upload's fingerprints; and texts.

use std::collections::HashMap;

use sheaf_model::{Millis, Ordinal, ProjectId, UploadId};

use crate::ahead::Ask;
use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

/// A stored asset.
#[derive(Debug, Clone)]
pub struct AssetRow {
    pub ordinal: Ordinal,
    pub name: String,
    pub reference: Option<String>,
    pub upload: UploadId,
    pub uploaded: Millis,
    pub media_type: String,
    pub size: Option<i64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub fingerprint: i64,
    pub content: Option<[u8; 32]>,
    pub thumbnail: Option<[u8; 32]>,
    pub url: Option<String>,
    /// Text of a JSON object.
    pub metadata: String,
}

const COLUMNS: &str =
    "ordinal, name, reference, upload_id, uploaded_ms, media_type, size, width, height, fingerprint,
     content, thumbnail, url, metadata";

fn asset(row: &Row<'_>) -> Result<AssetRow> {
    Ok(AssetRow {
        ordinal: row.u32(0)?,
        name: row.text(1)?,
        reference: row.opt_text(2)?,
        upload: UploadId(row.int(3)?),
        uploaded: row.int(4)?,
        media_type: row.text(5)?,
        size: row.opt_int(6)?,
        width: row.opt_u32(7)?,
        height: row.opt_u32(8)?,
        fingerprint: row.int(9)?,
        content: row.opt_bytes(10)?,
        thumbnail: row.opt_bytes(11)?,
        url: row.opt_text(12)?,
        metadata: row.text(13)?,
    })
}

/// An asset and its upload's name.
pub(crate) fn for_task_sql() -> String {
    format!(
        "SELECT {COLUMNS}, (SELECT u.name FROM uploads u WHERE u.project_id = assets.project_id AND u.upload_id = assets.upload_id)
         FROM assets WHERE project_id = ?1 AND ordinal = ?2"
    )
}

impl Tx<'_> {
    /// An asset with its upload's name.
    pub fn asset_for_task(&self, project: ProjectId, ordinal: Ordinal) -> Result<Option<(AssetRow, String)>> {
        let read = |row: &Row<'_>| Ok((asset(row)?, row.opt_text(14)?.unwrap_or_default()));
        Ok(self.asked(&Ask::Asset(project, ordinal), read)?.into_iter().next())
    }

    pub fn asset(&self, project: ProjectId, ordinal: Ordinal) -> Result<Option<AssetRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM assets WHERE project_id = ?1 AND ordinal = ?2"),
            args![project, ordinal],
            asset,
        )
    }

    /// The rows of these ordinals, in their order; those that do not exist are left out.
    pub fn assets(&self, project: ProjectId, ordinals: &[Ordinal]) -> Result<Vec<AssetRow>> {
        let sql = format!("SELECT {COLUMNS} FROM assets WHERE project_id = ?1 AND ordinal = ?2");
        let keys: Vec<_> = ordinals.iter().map(|ordinal| args![project, *ordinal].to_vec()).collect();
        self.many(&sql, &keys, asset)
    }

    pub fn asset_by_reference(&self, project: ProjectId, reference: &str) -> Result<Option<AssetRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM assets WHERE project_id = ?1 AND reference = ?2"),
            args![project, reference],
            asset,
        )
    }

    /// The asset of a reference id, from the index alone.
    pub fn ordinal_by_reference(&self, project: ProjectId, reference: &str) -> Result<Option<Ordinal>> {
        self.one(
            "SELECT ordinal FROM assets WHERE project_id = ?1 AND reference = ?2",
            args![project, reference],
            |row| row.u32(0),
        )
    }

    /// The assets of some reference ids, from the index alone; those that do not exist are left out.
    pub fn ordinals_by_reference(
        &self,
        project: ProjectId,
        references: &[&str],
    ) -> Result<HashMap<String, Ordinal>> {
        let keys: Vec<_> = references.iter().map(|reference| args![project, *reference].to_vec()).collect();
        let found = self.many(
            "SELECT reference, ordinal FROM assets WHERE project_id = ?1 AND reference = ?2",
            &keys,
            |row| Ok((row.text(0)?, row.u32(1)?)),
        )?;
        Ok(found.into_iter().collect())
    }

    /// Fingerprint and ordinal of every asset of an upload, from `first` on: what a second try must not add again.
    pub fn upload_fingerprints(
        &self,
        project: ProjectId,
        upload: UploadId,
        first: Ordinal,
    ) -> Result<HashMap<i64, Ordinal>> {
        let mut out = HashMap::new();
        self.each(
            "SELECT fingerprint, ordinal FROM assets WHERE project_id = ?1 AND ordinal >= ?2 AND upload_id = ?3
             ORDER BY ordinal DESC",
            args![project, first, upload],
            |row| {
                out.insert(row.int(0)?, row.u32(1)?);
                Ok(())
            },
        )?;
        Ok(out)
    }

    /// Calls `visit` with the fingerprint of every asset of an upload, from `first` on.
    pub fn each_upload_fingerprint(
        &self,
        project: ProjectId,
        upload: UploadId,
        first: Ordinal,
        mut visit: impl FnMut(u64),
    ) -> Result<()> {
        self.each(
            "SELECT fingerprint FROM assets WHERE project_id = ?1 AND ordinal >= ?2 AND upload_id = ?3",
            args![project, first, upload],
            |row| {
                visit(row.int(0)?.cast_unsigned());
                Ok(())
            },
        )
    }

    /// Calls `visit` with the address and the ordinal of every asset of an upload that has one, from `first` on.
    pub fn each_upload_address(
        &self,
        project: ProjectId,
        upload: UploadId,
        first: Ordinal,
        mut visit: impl FnMut(String, Ordinal),
    ) -> Result<()> {
        self.each(
            "SELECT url, ordinal FROM assets
             WHERE project_id = ?1 AND ordinal >= ?2 AND upload_id = ?3 AND url IS NOT NULL",
            args![project, first, upload],
            |row| {
                visit(row.text(0)?, row.u32(1)?);
                Ok(())
            },
        )
    }

    pub fn text(&self, project: ProjectId, ordinal: Ordinal) -> Result<Option<String>> {
        self.one(
            "SELECT body FROM texts WHERE project_id = ?1 AND ordinal = ?2",
            args![project, ordinal],
            |row| row.text(0),
        )
    }

    /// The texts of these ordinals; those that have none are left out.
    pub fn texts(&self, project: ProjectId, ordinals: &[Ordinal]) -> Result<HashMap<Ordinal, String>> {
        let keys: Vec<_> = ordinals.iter().map(|ordinal| args![project, *ordinal].to_vec()).collect();
        let found = self.many(
            "SELECT ordinal, body FROM texts WHERE project_id = ?1 AND ordinal = ?2",
            &keys,
            |row| Ok((row.u32(0)?, row.text(1)?)),
        )?;
        Ok(found.into_iter().collect())
    }

    /// The first characters of a text.
    pub fn text_excerpt(&self, project: ProjectId, ordinal: Ordinal, chars: u32) -> Result<Option<String>> {
        self.one(
            "SELECT substr(body, 1, ?3) FROM texts WHERE project_id = ?1 AND ordinal = ?2",
            args![project, ordinal, chars],
            |row| row.text(0),
        )
    }

    pub(crate) fn put_text(&self, project: ProjectId, ordinal: Ordinal, body: &str) -> Result<()> {
        self.exec_later(
            "INSERT INTO texts (project_id, ordinal, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (project_id, ordinal) DO UPDATE SET body = excluded.body",
            args![project, ordinal, body],
        )?;
        Ok(())
    }
}
