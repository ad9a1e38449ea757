//! Bulk updates of metadata: one row each with its counts, the report of what was refused, and the assets that were
//! changed as bitmaps.

use roaring::RoaringBitmap;
use sheaf_model::{
    MetadataUpdateCounts, MetadataUpdateId, MetadataUpdateSource, MetadataUpdateState, Millis, Ordinal,
    ProjectId, UserId,
};
use sheaf_select::members;

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

/// Problems of one update that are kept; beyond it they are only counted.
pub const PROBLEMS_MAX: usize = 10_000;
/// Updates of one asset that its ledger shows.
const OF_ASSET_MAX: u32 = 1_000;

#[derive(Debug, Clone)]
pub struct MetadataUpdateRow {
    pub id: MetadataUpdateId,
    pub source: MetadataUpdateSource,
    pub query: Option<String>,
    pub state: MetadataUpdateState,
    /// Rows or assets; not known of every source.
    pub total: Option<i64>,
    pub counts: MetadataUpdateCounts,
    /// Why it failed.
    pub message: Option<String>,
    pub created: Millis,
    pub created_by: UserId,
    /// Name of the person who started it; read only.
    pub creator: String,
    pub finished: Option<Millis>,
}

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataProblemRow {
    /// Place in the report; given by the store.
    pub seq: i64,
    /// CSV: the record after the header, JSONL: the line, a list of assets: the place in it; from 1.
    pub row: Option<i64>,
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
}

const COLUMNS: &str = "update_id, source, query, state, total, done, updated, unchanged, refused, message,
     created_ms, created_by, finished_ms, (SELECT name FROM users WHERE user_id = created_by)";

fn update(row: &Row<'_>) -> Result<MetadataUpdateRow> {
    let id = MetadataUpdateId(row.int(0)?);
    let (source, state) = (row.text(1)?, row.text(3)?);
    let bad = |what: String| StoreError::inconsistent("metadata_updates", id, what);
    Ok(MetadataUpdateRow {
        id,
        source: MetadataUpdateSource::parse(&source).ok_or_else(|| bad(format!("source `{source}`")))?,
        query: row.opt_text(2)?,
        state: MetadataUpdateState::parse(&state).ok_or_else(|| bad(format!("state `{state}`")))?,
        total: row.opt_int(4)?,
        counts: MetadataUpdateCounts {
            done: row.int(5)?,
            updated: row.int(6)?,
            unchanged: row.int(7)?,
            refused: row.int(8)?,
        },
        message: row.opt_text(9)?,
        created: row.int(10)?,
        created_by: UserId(row.int(11)?),
        finished: row.opt_int(12)?,
        creator: row.opt_text(13)?.unwrap_or_default(),
    })
}

impl Tx<'_> {
    pub fn insert_metadata_update(&self, project: ProjectId, new: &MetadataUpdateRow) -> Result<()> {
        self.exec_later(
            "INSERT INTO metadata_updates (project_id, update_id, source, query, state, total, created_ms, created_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            args![
                project,
                new.id,
                new.source.as_str(),
                new.query.as_ref(),
                new.state.as_str(),
                new.total,
                new.created,
                new.created_by,
            ],
        )?;
        Ok(())
    }

    pub fn metadata_update(
        &self,
        project: ProjectId,
        id: MetadataUpdateId,
    ) -> Result<Option<MetadataUpdateRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM metadata_updates WHERE project_id = ?1 AND update_id = ?2"),
            args![project, id],
            update,
        )
    }

    /// Updates of a project, newest first, older than `before`.
    pub fn metadata_updates(
        &self,
        project: ProjectId,
        before: Option<MetadataUpdateId>,
        limit: u32,
    ) -> Result<Vec<MetadataUpdateRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM metadata_updates WHERE project_id = ?1 AND update_id < ?2
                 ORDER BY update_id DESC LIMIT ?3"
            ),
            args![project, before.map_or(i64::MAX, |id| id.0), limit],
            update,
        )
    }

    pub fn n_metadata_updates(&self, project: ProjectId) -> Result<i64> {
        self.int("SELECT count(*) FROM metadata_updates WHERE project_id = ?1", args![project])
    }

    /// Adds to the counts, in the transaction that changed the rows.
    pub fn count_metadata_update(
        &self,
        project: ProjectId,
        id: MetadataUpdateId,
        more: MetadataUpdateCounts,
    ) -> Result<()> {
        self.exec_later(
            "UPDATE metadata_updates SET done = done + ?3, updated = updated + ?4, unchanged = unchanged + ?5,
                    refused = refused + ?6
             WHERE project_id = ?1 AND update_id = ?2",
            args![project, id, more.done, more.updated, more.unchanged, more.refused],
        )?;
        Ok(())
    }

    /// Ends an update that is running; `false` when it is not.
    pub fn end_metadata_update(
        &self,
        project: ProjectId,
        id: MetadataUpdateId,
        state: MetadataUpdateState,
        message: Option<&str>,
        now: Millis,
    ) -> Result<bool> {
        let n = self.exec(
            "UPDATE metadata_updates SET state = ?3, message = ?4, finished_ms = ?5
             WHERE project_id = ?1 AND update_id = ?2 AND state = 'running'",
            args![project, id, state.as_str(), message, now],
        )?;
        Ok(n == 1)
    }

    /// Adds to the report, as much as there is room for.
    pub fn add_metadata_problems(
        &self,
        project: ProjectId,
        id: MetadataUpdateId,
        new: &[MetadataProblemRow],
    ) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        // Lines are never taken out of the report, so the last number is how many there are.
        let last = self.int(
            "SELECT coalesce(max(seq), 0) FROM metadata_update_problems WHERE project_id = ?1 AND update_id = ?2",
            args![project, id],
        )?;
        for (seq, problem) in (last + 1..=PROBLEMS_MAX as i64).zip(new) {
            self.exec_later(
                "INSERT INTO metadata_update_problems (project_id, update_id, seq, row, code, message, hint)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                args![project, id, seq, problem.row, &problem.code, &problem.message, problem.hint.as_ref()],
            )?;
        }
        Ok(())
    }

    /// Lines of the report after `after`.
    pub fn metadata_problems(
        &self,
        project: ProjectId,
        id: MetadataUpdateId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<MetadataProblemRow>> {
        self.all(
            "SELECT seq, row, code, message, hint FROM metadata_update_problems
             WHERE project_id = ?1 AND update_id = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
            args![project, id, after, limit],
            |row| {
                Ok(MetadataProblemRow {
                    seq: row.int(0)?,
                    row: row.opt_int(1)?,
                    code: row.text(2)?,
                    message: row.text(3)?,
                    hint: row.opt_text(4)?,
                })
            },
        )
    }

    /// Remembers that an update changed these assets.
    pub fn add_updated_assets(
        &self,
        project: ProjectId,
        id: MetadataUpdateId,
        changed: &RoaringBitmap,
    ) -> Result<()> {
        for blob in members::encode(changed) {
            let before = self.one(
                "SELECT data FROM metadata_update_assets WHERE project_id = ?1 AND chunk = ?2 AND update_id = ?3",
                args![project, blob.chunk, id],
                |row| row.blob(0),
            )?;
            let data = match before {
                None => blob.data,
                Some(before) => {
                    let both = [(blob.chunk, blob.data.as_slice()), (blob.chunk, before.as_slice())];
                    let both = decode(both)?;
                    members::encode(&both).pop().map_or(blob.data, |blob| blob.data)
                }
            };
            self.exec_later(
                "INSERT INTO metadata_update_assets (project_id, chunk, update_id, data) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (project_id, chunk, update_id) DO UPDATE SET data = excluded.data",
                args![project, blob.chunk, id, &data],
            )?;
        }
        Ok(())
    }

    /// The updates that changed an asset, newest first, the newest thousand of its chunk.
    pub fn metadata_updates_of(
        &self,
        project: ProjectId,
        ordinal: Ordinal,
    ) -> Result<Vec<MetadataUpdateRow>> {
        let chunk = ordinal / sheaf_select::CHUNK;
        let mut found = Vec::new();
        self.each(
            "SELECT update_id, data FROM metadata_update_assets WHERE project_id = ?1 AND chunk = ?2
             ORDER BY update_id DESC LIMIT ?3",
            args![project, chunk, OF_ASSET_MAX],
            |row| {
                if decode([(chunk, row.blob(1)?.as_slice())])?.contains(ordinal) {
                    found.push(MetadataUpdateId(row.int(0)?));
                }
                Ok(())
            },
        )?;
        let mut out = Vec::with_capacity(found.len());
        for id in found {
            out.extend(self.metadata_update(project, id)?);
        }
        Ok(out)
    }
}

fn decode<'d>(blobs: impl IntoIterator<Item = (u32, &'d [u8])>) -> Result<RoaringBitmap> {
    members::decode(blobs).map_err(|error| StoreError::Database(error.to_string()))
}
