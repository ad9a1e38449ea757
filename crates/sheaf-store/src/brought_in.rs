//! Answers that people gave elsewhere: who they were there, the batch that holds what they said, and its rows, which are written
//! as they are, past the queue. A batch grows by parts: what a part writes does not grow with the batch.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, Slot, UserId};

use crate::args;
use crate::batches::{BatchRow, decode};
use crate::error::Result;
use crate::queue::SlotRow;
use crate::sql::Tx;
use crate::submissions::{SubmissionRow, submission, task_sql};

impl Tx<'_> {
    /// Makes a new batch one of answers that are brought in: all of its tasks are done as soon as they are there.
    pub fn begin_brought_in(&self, project: ProjectId, id: BatchId, now: Millis) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET brought_in = 1, state = 'completed', launched_ms = ?3, ended_ms = ?3
             WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, now],
        )?;
        self.close_cursor(project, id)
    }

    /// Those of some assets that are members of a batch.
    pub fn members_among(
        &self,
        project: ProjectId,
        id: BatchId,
        among: &RoaringBitmap,
    ) -> Result<RoaringBitmap> {
        let mut out = RoaringBitmap::new();
        for members in self.members_of_chunks(project, id, among)?.into_values() {
            out |= members & among;
        }
        Ok(out)
    }

    /// Adds assets to such a batch; none of them is a member. Only the chunks that they are in are written.
    pub fn add_brought_in(&self, batch: &BatchRow, added: &RoaringBitmap, stamp: i64) -> Result<()> {
        let (project, id) = (batch.project, batch.id);
        let mut members = added.clone();
        for known in self.members_of_chunks(project, id, added)?.into_values() {
            members |= known;
        }
        for blob in sheaf_select::members::encode(&members) {
            self.exec_later(
                "INSERT INTO batch_members (project_id, batch_id, chunk, n, data) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (project_id, batch_id, chunk) DO UPDATE SET n = excluded.n, data = excluded.data",
                args![project, id, blob.chunk, blob.count, &blob.data],
            )?;
        }
        self.exec_later(
            "UPDATE batches SET n_members = n_members + ?3, stamp = ?4 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id, added.len() as i64, stamp],
        )
    }

    fn members_of_chunks(
        &self,
        project: ProjectId,
        id: BatchId,
        of: &RoaringBitmap,
    ) -> Result<BTreeMap<u32, RoaringBitmap>> {
        let mut chunks: Vec<u32> = of.iter().map(|ordinal| ordinal / sheaf_select::CHUNK).collect();
        chunks.dedup();
        let keys: Vec<_> = chunks.iter().map(|chunk| args![project, id, *chunk].to_vec()).collect();
        let blobs = self.many(
            "SELECT chunk, data FROM batch_members WHERE project_id = ?1 AND batch_id = ?2 AND chunk = ?3",
            &keys,
            |row| Ok((row.u32(0)?, row.blob(1)?)),
        )?;
        blobs.into_iter().map(|(chunk, data)| Ok((chunk, decode(&[(chunk, data)])?))).collect()
    }

    /// Counts the batch's revision up, to one that the parts of one call share.
    pub fn count_revision(&self, project: ProjectId, id: BatchId) -> Result<()> {
        self.exec_later(
            "UPDATE batches SET revision = revision + 1 WHERE project_id = ?1 AND batch_id = ?2",
            args![project, id],
        )
    }

    /// Adds to the assets that a revision of a batch brought.
    pub fn add_to_revision(&self, project: ProjectId, id: BatchId, revision: i64, n: u64) -> Result<()> {
        self.exec_later(
            "UPDATE batch_revisions SET n = n + ?4 WHERE project_id = ?1 AND batch_id = ?2 AND revision = ?3",
            args![project, id, revision, i64::try_from(n).unwrap_or(i64::MAX)],
        )
    }

    /// The answers of these tasks of a batch, each task's oldest first.
    pub fn answers_of(
        &self,
        project: ProjectId,
        id: BatchId,
        ordinals: &RoaringBitmap,
    ) -> Result<BTreeMap<Ordinal, Vec<SubmissionRow>>> {
        let keys: Vec<_> = ordinals.iter().map(|ordinal| args![project, id, ordinal].to_vec()).collect();
        let mut out: BTreeMap<Ordinal, Vec<SubmissionRow>> = BTreeMap::new();
        for row in self.many(&task_sql(), &keys, submission)? {
            out.entry(row.key.task.ordinal).or_default().push(row);
        }
        Ok(out)
    }

    /// Writes an answer with the slot that it stands in. Labels, agreement and counts are the caller's.
    pub fn insert_brought_in(&self, answer: &SubmissionRow) -> Result<()> {
        self.insert_answered_slot(&SlotRow {
            key: answer.key,
            slot: Slot::brought_in(answer.person, answer.fence),
            claim: None,
            taxonomy_version: answer.taxonomy_version,
        })?;
        self.insert_submission(answer)
    }

    /// Names somebody elsewhere; whoever is named stays so.
    pub fn put_person_elsewhere(&self, project: ProjectId, person: UserId, name: &str) -> Result<()> {
        self.exec_later(
            "INSERT INTO people_elsewhere (project_id, person, name) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            args![project, person, name],
        )
    }

    /// People elsewhere who answered something and have no name; there are none.
    pub fn unnamed_elsewhere(&self, project: ProjectId) -> Result<Vec<UserId>> {
        self.all(
            "SELECT DISTINCT person FROM submissions s WHERE project_id = ?1 AND person < 0 AND NOT EXISTS (
                 SELECT 1 FROM people_elsewhere p WHERE p.project_id = s.project_id AND p.person = s.person)
             ORDER BY person",
            args![project],
            |row| Ok(UserId(row.int(0)?)),
        )
    }

    /// Who somebody was elsewhere, as it came.
    pub fn person_elsewhere(&self, project: ProjectId, person: UserId) -> Result<Option<String>> {
        self.one(
            "SELECT name FROM people_elsewhere WHERE project_id = ?1 AND person = ?2",
            args![project, person],
            |row| row.text(0),
        )
    }
}
