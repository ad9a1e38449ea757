//! Known answers of quality tasks, and how people did on them.

use sheaf_model::{BatchId, BatchKind, Millis, Ordinal, ProjectId, TaskId, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct KnownAnswerRow {
    pub task: TaskId,
    /// JSON of a response.
    pub response: String,
    /// What is told with it after a training task.
    pub note: String,
    pub by: UserId,
    pub at: Millis,
}

/// A quality task in a person's hands, or handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityRow {
    pub task: TaskId,
    pub person: UserId,
    /// The batch that a gold task says it is of.
    pub shown: Option<BatchId>,
    /// Millionths of agreement with the known answer; none before it is handed in.
    pub score: Option<i64>,
    pub at: Millis,
}

/// A person's results in the quality tasks of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualitySum {
    pub person: UserId,
    pub kind: BatchKind,
    pub n: i64,
    /// Sum of the scores, millionths.
    pub sum: i64,
    pub last: Millis,
}

fn known(row: &Row<'_>) -> Result<KnownAnswerRow> {
    Ok(KnownAnswerRow {
        task: row.task(0)?,
        response: row.text(3)?,
        note: row.text(4)?,
        by: UserId(row.int(5)?),
        at: row.int(6)?,
    })
}

const KNOWN: &str = "project_id, batch_id, ordinal, response, note, person, at_ms";

fn quality(row: &Row<'_>) -> Result<QualityRow> {
    Ok(QualityRow {
        task: row.task(0)?,
        person: UserId(row.int(3)?),
        shown: row.opt_int(4)?.map(BatchId),
        score: row.opt_int(5)?,
        at: row.int(6)?,
    })
}

const QUALITY: &str = "project_id, batch_id, ordinal, person, shown_batch, score, at_ms";

impl Tx<'_> {
    pub fn known_answer(&self, task: TaskId) -> Result<Option<KnownAnswerRow>> {
        self.one(
            &format!(
                "SELECT {KNOWN} FROM known_answers WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3"
            ),
            args![task.project, task.batch, task.ordinal],
            known,
        )
    }

    /// The known answers of a batch from an ordinal on.
    pub fn known_answers(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: Ordinal,
        limit: u32,
    ) -> Result<Vec<KnownAnswerRow>> {
        self.all(
            &format!(
                "SELECT {KNOWN} FROM known_answers WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3
                 ORDER BY ordinal LIMIT ?4"
            ),
            args![project, batch, from, limit],
            known,
        )
    }

    pub fn count_known_answers(&self, project: ProjectId, batch: BatchId) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM known_answers WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch],
        )
    }

    /// Writes a known answer, in the place of the one before.
    pub fn set_known_answer(&self, new: &KnownAnswerRow) -> Result<()> {
        let task = new.task;
        self.exec_later(
            "INSERT INTO known_answers (project_id, batch_id, ordinal, response, note, person, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (project_id, batch_id, ordinal)
             DO UPDATE SET response = excluded.response, note = excluded.note, person = excluded.person,
                           at_ms = excluded.at_ms",
            args![task.project, task.batch, task.ordinal, &new.response, &new.note, new.by, new.at],
        )?;
        Ok(())
    }

    /// What a person was given of a quality task, and how they did.
    pub fn quality(&self, task: TaskId, person: UserId) -> Result<Option<QualityRow>> {
        self.one(
            &format!(
                "SELECT {QUALITY} FROM quality WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND person = ?4"
            ),
            args![task.project, task.batch, task.ordinal, person],
            quality,
        )
    }

    /// What people were given of a quality task.
    pub fn quality_of(&self, task: TaskId) -> Result<Vec<QualityRow>> {
        self.all(
            &format!(
                "SELECT {QUALITY} FROM quality WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 ORDER BY person"
            ),
            args![task.project, task.batch, task.ordinal],
            quality,
        )
    }

    /// How many tasks of a quality batch each person was given.
    pub fn quality_given(&self, project: ProjectId, batch: BatchId) -> Result<Vec<(UserId, i64)>> {
        self.all(
            "SELECT person, count(*) FROM quality WHERE project_id = ?1 AND batch_id = ?2 GROUP BY person",
            args![project, batch],
            |row| Ok((UserId(row.int(0)?), row.int(1)?)),
        )
    }

    pub fn put_quality(&self, new: &QualityRow) -> Result<()> {
        let task = new.task;
        self.exec_later(
            "INSERT INTO quality (project_id, batch_id, ordinal, person, shown_batch, score, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (project_id, batch_id, ordinal, person)
             DO UPDATE SET shown_batch = excluded.shown_batch, score = excluded.score, at_ms = excluded.at_ms",
            args![task.project, task.batch, task.ordinal, new.person, new.shown, new.score, new.at],
        )?;
        Ok(())
    }

    /// How people did, by person and kind.
    pub fn quality_sums(&self, project: ProjectId) -> Result<Vec<QualitySum>> {
        self.all(
            "SELECT q.person, b.kind, count(*), sum(q.score), max(q.at_ms) FROM quality q
             JOIN batches b ON b.project_id = q.project_id AND b.batch_id = q.batch_id
             WHERE q.project_id = ?1 AND q.score IS NOT NULL GROUP BY q.person, b.kind ORDER BY q.person, b.kind",
            args![project],
            |row| {
                let kind = row.text(1)?;
                Ok(QualitySum {
                    person: UserId(row.int(0)?),
                    kind: BatchKind::parse(&kind)
                        .ok_or_else(|| StoreError::Database(format!("kind `{kind}`")))?,
                    n: row.int(2)?,
                    sum: row.int(3)?,
                    last: row.int(4)?,
                })
            },
        )
    }
}
