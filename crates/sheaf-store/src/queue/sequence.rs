//! Stored orders of a batch's tasks: written in parts before they are used, used from the launch or the append on.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, ProjectId};

use crate::args;
use crate::batches::BatchRow;
use crate::error::Result;
use crate::sql::Tx;

impl Tx<'_> {
    /// Writes chunks of an order that is not used yet, from number `first` on.
    pub fn put_sequence(
        &self,
        project: ProjectId,
        batch: BatchId,
        sequence: i64,
        first: u32,
        chunks: &[Vec<u8>],
    ) -> Result<()> {
        for (number, data) in (first..).zip(chunks) {
            self.exec_later(
                "INSERT INTO batch_sequence (project_id, batch_id, sequence, chunk, data) VALUES (?1, ?2, ?3, ?4, ?5)",
                args![project, batch, sequence, number, data],
            )?;
        }
        Ok(())
    }

    /// Forgets an order that is not used after all. One that is used stands: whoever lost the answer to the commit that began it
    /// does not know that it is.
    pub fn drop_sequence(&self, project: ProjectId, batch: BatchId, sequence: i64) -> Result<()> {
        self.exec_later(
            "DELETE FROM batch_sequence WHERE project_id = ?1 AND batch_id = ?2 AND sequence = ?3
             AND NOT EXISTS (SELECT 1 FROM batches WHERE project_id = ?1 AND batch_id = ?2 AND sequence = ?3)",
            args![project, batch, sequence],
        )?;
        Ok(())
    }

    /// A chunk of the order that is used.
    pub fn batch_sequence(&self, batch: &BatchRow, chunk: u32) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT data FROM batch_sequence WHERE project_id = ?1 AND batch_id = ?2 AND sequence = ?3 AND chunk = ?4",
            args![batch.project, batch.id, batch.sequence, chunk],
            |row| row.blob(0),
        )
    }

    /// From now on these are the untouched tasks of a batch, in its order that is not the upload's. Of the stored orders only
    /// this one is kept; 0: none is needed. The stamp was never used before for this batch.
    pub fn begin_order(
        &self,
        batch: &BatchRow,
        untouched: &RoaringBitmap,
        stamp: i64,
        sequence: i64,
    ) -> Result<()> {
        let (project, id) = (batch.project, batch.id);
        self.exec_later(
            "UPDATE batches SET stamp = ?3, sequence = ?4 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, stamp, sequence],
        )?;
        self.exec_later(
            "DELETE FROM batch_sequence WHERE project_id = ?1 AND batch_id = ?2 AND sequence <> ?3",
            args![project, id, sequence],
        )?;
        self.write_late(project, id, untouched)?;
        self.close_cursor(project, id)
    }
}
