//! States of labelling as sets of ordinals, read from the touched rows: what queries on `status:`, `label:`, ... need.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Millis, ProjectId, SlotState, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Arg, Tx};

impl Tx<'_> {
    /// Assets with a touched task in this state.
    pub fn ordinals_in_state(&self, project: ProjectId, state: SlotState) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM slots WHERE project_id = ?1 AND state = ?2",
            args![project, state.code()],
        )
    }

    /// Assets of a batch that somebody has touched.
    pub fn touched(&self, project: ProjectId, batch: BatchId) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch],
        )
    }

    /// Assets that somebody passed on.
    pub fn skipped(&self, project: ProjectId) -> Result<RoaringBitmap> {
        self.ordinals("SELECT ordinal FROM skips WHERE project_id = ?1", args![project])
    }

    /// Assets that have a standing answer.
    pub fn answered(&self, project: ProjectId) -> Result<RoaringBitmap> {
        self.ordinals_in_state(project, SlotState::Submitted)
    }

    /// Assets that have a standing answer in a batch.
    pub fn answered_in(&self, project: ProjectId, batch: BatchId) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND state = ?3",
            args![project, batch, SlotState::Submitted.code()],
        )
    }

    /// Assets answered by a person.
    pub fn answered_by(&self, project: ProjectId, person: UserId) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM submissions WHERE project_id = ?1 AND person = ?2",
            args![project, person],
        )
    }

    /// People who answered anything in a project.
    pub fn people_who_answered(&self, project: ProjectId) -> Result<Vec<UserId>> {
        self.all(
            "SELECT DISTINCT person FROM submissions WHERE project_id = ?1 ORDER BY person",
            args![project],
            |row| Ok(UserId(row.int(0)?)),
        )
    }

    /// Labels that stand in any answer of a project, with the number of assets, most frequent first.
    pub fn answer_labels(&self, project: ProjectId) -> Result<Vec<(String, i64)>> {
        self.all(
            "SELECT label, count(*) FROM answer_labels WHERE project_id = ?1 GROUP BY label ORDER BY 2 DESC, 1",
            args![project],
            |row| Ok((row.text(0)?, row.int(1)?)),
        )
    }

    /// Assets whose answers have a label.
    pub fn labelled_with(&self, project: ProjectId, label: &str) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM answer_labels WHERE project_id = ?1 AND label = ?2",
            args![project, label],
        )
    }

    /// How often a label stands in the answers of each asset that has it.
    pub fn label_counts(&self, project: ProjectId, label: &str) -> Result<BTreeMap<u32, u32>> {
        let mut out = BTreeMap::new();
        self.each(
            "SELECT ordinal, n FROM answer_labels WHERE project_id = ?1 AND label = ?2",
            args![project, label],
            |row| {
                *out.entry(row.u32(0)?).or_insert(0) += row.u32(1)?;
                Ok(())
            },
        )?;
        Ok(out)
    }

    /// Calls `visit` with asset and time of every answer of a project.
    pub fn each_answer_time(&self, project: ProjectId, mut visit: impl FnMut(u32, Millis)) -> Result<()> {
        self.each(
            "SELECT ordinal, submitted_ms FROM submissions WHERE project_id = ?1",
            args![project],
            |row| {
                visit(row.u32(0)?, row.int(1)?);
                Ok(())
            },
        )
    }

    /// The state of each touched task of an asset.
    pub fn task_states(&self, project: ProjectId, batch: BatchId, ordinal: u32) -> Result<Option<SlotState>> {
        let code = self.one(
            "SELECT state FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = 0 AND n = 0",
            args![project, batch, ordinal],
            |row| row.int(0),
        )?;
        Ok(code.and_then(SlotState::from_code))
    }

    fn ordinals(&self, sql: &str, args: &[Arg<'_>]) -> Result<RoaringBitmap> {
        let mut out = RoaringBitmap::new();
        self.each(sql, args, |row| {
            out.insert(row.u32(0)?);
            Ok(())
        })?;
        Ok(out)
    }
}
