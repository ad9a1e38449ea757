//! What a check of the data reads: rows as they lie there, without trust in what they say of each other.

use sheaf_model::slot::Fence;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, SlotState, SubmissionId, UploadId, UserId};
use sheaf_select::{AssetFacts, CHUNK, ChunkBuilder, FieldKey};

use crate::args;
use crate::batches::OF_A_BATCH;
use crate::blobs::BlobHash;
use crate::error::{Result, StoreError};
use crate::library::append::select;
use crate::sql::Tx;

/// Lines of SQLite's own check that are read.
const INTEGRITY_MAX: u32 = 100;

/// An asset's place and what it names.
#[derive(Debug)]
pub struct AssetRefs {
    pub ordinal: Ordinal,
    pub upload: UploadId,
    pub content: Option<BlobHash>,
    pub thumbnail: Option<BlobHash>,
}

/// Members of a batch in one chunk as they are stored.
#[derive(Debug)]
pub struct StoredMembers {
    pub chunk: u32,
    pub n: i64,
    pub data: Vec<u8>,
}

/// A slot by its numbers.
#[derive(Debug, Clone)]
pub struct SlotFacts {
    pub ordinal: Ordinal,
    pub stage: i64,
    pub n: i64,
    /// `None`: a number that is no state.
    pub state: Option<SlotState>,
    pub holder: Option<UserId>,
    pub fence: Option<Fence>,
    pub round: i64,
    pub leased: bool,
}

/// A submission without its response.
#[derive(Debug, Clone)]
pub struct SubmissionFacts {
    pub id: SubmissionId,
    pub ordinal: Ordinal,
    pub stage: i64,
    pub n: i64,
    pub person: UserId,
    pub round: i64,
    pub revision: i64,
    pub fence: Fence,
    pub at: Millis,
    pub seconds: Option<f64>,
}

/// A verdict without what was said.
#[derive(Debug, Clone, Copy)]
pub struct ReviewFacts {
    pub person: UserId,
    pub at: Millis,
    pub rejected: bool,
}

impl Tx<'_> {
    /// What the database finds wrong with its own files: nothing when they are sound, and nothing of PostgreSQL, which is
    /// asked with `pg_amcheck`.
    pub fn integrity(&self) -> Result<Vec<String>> {
        self.conn.integrity(INTEGRITY_MAX)
    }

    pub fn project_ids(&self) -> Result<Vec<ProjectId>> {
        self.all("SELECT project_id FROM projects ORDER BY project_id", args![], |row| {
            Ok(ProjectId(row.int(0)?))
        })
    }

    /// Calls `visit` with every asset, by ordinal.
    pub fn each_asset_refs(
        &self,
        project: ProjectId,
        mut visit: impl FnMut(AssetRefs) -> Result<()>,
    ) -> Result<()> {
        self.each(
            "SELECT ordinal, upload_id, content, thumbnail FROM assets WHERE project_id = ?1 ORDER BY ordinal",
            args![project],
            |row| {
                visit(AssetRefs {
                    ordinal: row.u32(0)?,
                    upload: UploadId(row.int(1)?),
                    content: row.opt_bytes(2)?,
                    thumbnail: row.opt_bytes(3)?,
                })
            },
        )
    }

    /// The numbers of the sealed chunks.
    pub fn sealed_chunks(&self, project: ProjectId) -> Result<Vec<i64>> {
        self.all("SELECT chunk FROM chunks WHERE project_id = ?1 ORDER BY chunk", args![project], |row| {
            row.int(0)
        })
    }

    /// Field and chunk of every block, from the index alone.
    pub fn block_keys(&self, project: ProjectId) -> Result<Vec<(i64, i64)>> {
        self.all(
            "SELECT field_id, chunk FROM blocks WHERE project_id = ?1 ORDER BY field_id, chunk",
            args![project],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
    }

    /// The block of a field in a chunk, by the field's id.
    pub fn stored_block(&self, project: ProjectId, field: i64, chunk: u32) -> Result<Option<Vec<u8>>> {
        self.block(project, field, chunk)
    }

    pub fn stored_members(&self, project: ProjectId, batch: BatchId) -> Result<Vec<StoredMembers>> {
        self.all(
            "SELECT chunk, n, data FROM batch_members WHERE project_id = ?1 AND batch_id = ?2 ORDER BY chunk",
            args![project, batch],
            |row| Ok(StoredMembers { chunk: row.u32(0)?, n: row.int(1)?, data: row.blob(2)? }),
        )
    }

    /// Batches that rows name and that are not there: the table and the id.
    pub fn orphaned_batches(&self, project: ProjectId) -> Result<Vec<(String, BatchId)>> {
        let mut out = Vec::new();
        for table in OF_A_BATCH {
            self.each(
                &format!(
                    "SELECT DISTINCT batch_id FROM {table} t WHERE project_id = ?1 AND NOT EXISTS (
                         SELECT 1 FROM batches b WHERE b.project_id = t.project_id AND b.batch_id = t.batch_id)"
                ),
                args![project],
                |row| {
                    out.push((table.to_owned(), BatchId(row.int(0)?)));
                    Ok(())
                },
            )?;
        }
        Ok(out)
    }

    /// The slots of a batch on the assets `from..until`, in order.
    pub fn slot_facts(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: i64,
        until: i64,
    ) -> Result<Vec<SlotFacts>> {
        self.all(
            "SELECT ordinal, stage, n, state, holder, fence, round, lease_until IS NOT NULL FROM slots
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3 AND ordinal < ?4
             ORDER BY ordinal, stage, n",
            args![project, batch, from, until],
            |row| {
                Ok(SlotFacts {
                    ordinal: row.u32(0)?,
                    stage: row.int(1)?,
                    n: row.int(2)?,
                    state: SlotState::from_code(row.int(3)?),
                    holder: row.opt_int(4)?.map(UserId),
                    fence: row.opt_bytes(5)?,
                    round: row.int(6)?,
                    leased: row.bool(7)?,
                })
            },
        )
    }

    /// The submissions to a batch on the assets `from..until`, by asset.
    pub fn submission_facts(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: i64,
        until: i64,
    ) -> Result<Vec<SubmissionFacts>> {
        self.all(
            "SELECT submission_id, ordinal, stage, n, person, round, fence, revision, submitted_ms, seconds
             FROM submissions
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3 AND ordinal < ?4 ORDER BY ordinal",
            args![project, batch, from, until],
            |row| {
                Ok(SubmissionFacts {
                    id: SubmissionId(row.bytes(0)?),
                    ordinal: row.u32(1)?,
                    stage: row.int(2)?,
                    n: row.int(3)?,
                    person: UserId(row.int(4)?),
                    round: row.int(5)?,
                    fence: row.bytes(6)?,
                    revision: row.int(7)?,
                    at: row.int(8)?,
                    seconds: row.opt_real(9)?,
                })
            },
        )
    }

    /// The verdicts on a batch's tasks on the assets `from..until`.
    pub fn review_facts(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: i64,
        until: i64,
    ) -> Result<Vec<ReviewFacts>> {
        self.all(
            "SELECT person, at_ms, verdict = 'rejected' FROM reviews
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3 AND ordinal < ?4",
            args![project, batch, from, until],
            |row| Ok(ReviewFacts { person: UserId(row.int(0)?), at: row.int(1)?, rejected: row.bool(2)? }),
        )
    }

    /// How often a label is counted in the answer of a task.
    pub fn answer_label(
        &self,
        project: ProjectId,
        label: &str,
        ordinal: Ordinal,
        batch: BatchId,
    ) -> Result<Option<i64>> {
        self.one(
            "SELECT n FROM answer_labels WHERE project_id = ?1 AND label = ?2 AND ordinal = ?3 AND batch_id = ?4",
            args![project, label, ordinal, batch],
            |row| row.int(0),
        )
    }

    pub fn n_answer_labels(&self, project: ProjectId) -> Result<i64> {
        self.int("SELECT count(*) FROM answer_labels WHERE project_id = ?1", args![project])
    }

    /// Calls `visit` with the chunk, the update and the blob of every set of updated assets.
    pub fn each_updated_assets(
        &self,
        project: ProjectId,
        mut visit: impl FnMut(u32, i64, Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        self.each(
            "SELECT chunk, update_id, data FROM metadata_update_assets WHERE project_id = ?1",
            args![project],
            |row| visit(row.u32(0)?, row.int(1)?, row.blob(2)?),
        )
    }

    /// Files of uploads that became an asset which is not there: upload and path.
    pub fn lost_upload_files(&self, project: ProjectId, n_assets: u32) -> Result<Vec<(UploadId, String)>> {
        self.all(
            "SELECT upload_id, path FROM upload_files WHERE project_id = ?1 AND ordinal >= ?2",
            args![project, n_assets],
            |row| Ok((UploadId(row.int(0)?), row.text(1)?)),
        )
    }

    /// The blocks of a sealed chunk as its rows want them.
    pub fn blocks_of_rows(
        &self,
        project: ProjectId,
        chunk: u32,
    ) -> Result<std::result::Result<Vec<sheaf_select::EncodedBlock>, sheaf_select::SelectError>> {
        let (from, until) = (chunk * CHUNK, chunk.saturating_add(1).saturating_mul(CHUNK));
        let facts: Vec<AssetFacts<'static>> = self.facts(project, from, until)?;
        let mut builder = ChunkBuilder::new(chunk);
        for facts in &facts {
            if let Err(error) = builder.push(facts) {
                return Ok(Err(error));
            }
        }
        Ok(builder.finish())
    }

    /// Makes the index of a sealed chunk anew from its rows.
    pub fn rebuild_chunk(&self, project: ProjectId, chunk: u32) -> Result<()> {
        let blocks = self.blocks_of_rows(project, chunk)?.map_err(select)?;
        self.exec_later("DELETE FROM blocks WHERE project_id = ?1 AND chunk = ?2", args![project, chunk])?;
        let ids = self.ensure_fields(project, blocks.iter().map(|block| &block.field))?;
        for block in &blocks {
            self.put_block(project, ids[&block.field], chunk, Some(&block.data))?;
        }
        let revision = self.next_revision(project)?;
        let n = self.exec(
            "UPDATE chunks SET version = ?3 WHERE project_id = ?1 AND chunk = ?2",
            args![project, chunk, revision],
        )?;
        if n != 1 {
            return Err(StoreError::inconsistent("chunks", format!("{project}, {chunk}"), "is not there"));
        }
        self.exec_later("UPDATE projects SET revision = ?2 WHERE project_id = ?1", args![project, revision])?;
        // What is known in memory has an older revision and is read anew.
        self.pending.borrow_mut().remove(&project.0);
        Ok(())
    }

    /// Key of a stored field by its id; `None` when there is no such field.
    pub fn field_of(&self, project: ProjectId, id: i64) -> Result<Option<FieldKey>> {
        if let Some(builtin) = u8::try_from(id).ok().and_then(sheaf_select::Builtin::from_id) {
            return Ok(Some(FieldKey::Builtin(builtin)));
        }
        let name = self.one(
            "SELECT name FROM fields WHERE project_id = ?1 AND field_id = ?2",
            args![project, id],
            |row| row.text(0),
        )?;
        Ok(name.map(FieldKey::Meta))
    }
}
