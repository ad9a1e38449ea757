//! States of labelling as sets of ordinals, read from the touched rows: what queries on `status:`, `label:`, ... need.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Millis, ProjectId, SlotPlace, SlotState, TaskFacts, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Arg, Tx};

/// A row's task is of a batch that labels data: answers to quality tasks are not found by queries.
const OF_DATA: &str = "batch_id NOT IN
    (SELECT batch_id FROM batches WHERE project_id = ?1 AND kind IN ('gold', 'training'))";

impl Tx<'_> {
    /// Calls `visit` with each touched task of a batch and what its slots say, by asset.
    pub fn each_task_facts(
        &self,
        project: ProjectId,
        batch: BatchId,
        mut visit: impl FnMut(u32, TaskFacts),
    ) -> Result<()> {
        let mut current: Option<(u32, TaskFacts)> = None;
        self.each(
            "SELECT ordinal, stage, n, state, round FROM slots WHERE project_id = ?1 AND batch_id = ?2
             ORDER BY ordinal, stage, n",
            args![project, batch],
            |row| {
                let (ordinal, code) = (row.u32(0)?, row.int(3)?);
                let state = SlotState::from_code(code)
                    .ok_or_else(|| StoreError::inconsistent("slots", ordinal, format!("state {code}")))?;
                let place = SlotPlace { stage: row.int(1)? as u8, n: row.int(2)? as u8 };
                match &mut current {
                    Some((at, facts)) if *at == ordinal => facts.add(place, state, row.int(4)?),
                    _ => {
                        let mut facts = TaskFacts::default();
                        facts.add(place, state, row.int(4)?);
                        if let Some((at, done)) = current.replace((ordinal, facts)) {
                            visit(at, done);
                        }
                    }
                }
                Ok(())
            },
        )?;
        if let Some((at, facts)) = current {
            visit(at, facts);
        }
        Ok(())
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
        self.ordinals(
            &format!("SELECT ordinal FROM skips WHERE project_id = ?1 AND {OF_DATA}"),
            args![project],
        )
    }

    /// Assets that have an annotator's answer that stands.
    pub fn answered(&self, project: ProjectId) -> Result<RoaringBitmap> {
        self.ordinals(
            &format!(
                "SELECT ordinal FROM slots WHERE project_id = ?1 AND stage = 0 AND state = 2 AND {OF_DATA}"
            ),
            args![project],
        )
    }

    /// Assets that have an answer that stands in a batch.
    pub fn answered_in(&self, project: ProjectId, batch: BatchId) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND stage = 0 AND state = 2",
            args![project, batch],
        )
    }

    /// Assets with a task that a person gave a verdict on.
    pub fn reviewed_by(&self, project: ProjectId, person: UserId) -> Result<RoaringBitmap> {
        self.ordinals(
            "SELECT ordinal FROM reviews WHERE project_id = ?1 AND person = ?2",
            args![project, person],
        )
    }

    /// People who gave a verdict on anything in a project.
    pub fn people_who_reviewed(&self, project: ProjectId) -> Result<Vec<UserId>> {
        self.all(
            "SELECT DISTINCT person FROM reviews WHERE project_id = ?1 ORDER BY person",
            args![project],
            |row| Ok(UserId(row.int(0)?)),
        )
    }

    /// Assets answered by a person.
    pub fn answered_by(&self, project: ProjectId, person: UserId) -> Result<RoaringBitmap> {
        self.ordinals(
            &format!("SELECT ordinal FROM submissions WHERE project_id = ?1 AND person = ?2 AND {OF_DATA}"),
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
            &format!("SELECT ordinal, submitted_ms FROM submissions WHERE project_id = ?1 AND {OF_DATA}"),
            args![project],
            |row| {
                visit(row.u32(0)?, row.int(1)?);
                Ok(())
            },
        )
    }

    pub(crate) fn ordinals(&self, sql: &str, args: &[Arg<'_>]) -> Result<RoaringBitmap> {
        let mut out = RoaringBitmap::new();
        self.each(sql, args, |row| {
            out.insert(row.u32(0)?);
            Ok(())
        })?;
        Ok(out)
    }
}
