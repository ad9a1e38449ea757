//! How far the judgements of tasks agree, and the sums of that over a batch.

use std::collections::BTreeMap;

use sheaf_model::agreement::{Millionths, Question, Sums, Tally};
use sheaf_model::{BatchId, Ordinal, ProjectId, TaskId, UserId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};

/// A tally as the columns that it is kept under.
struct Key<'a> {
    kind: u8,
    one: i64,
    other: i64,
    subject: &'a str,
    one_says: &'a str,
    other_says: &'a str,
}

const SCORE: u8 = 0;
const QUESTION: u8 = 1;
const LABEL: u8 = 2;
const PEOPLE: u8 = 3;
const ALPHA: u8 = 4;
const KAPPA: u8 = 5;

impl<'a> Key<'a> {
    fn of(tally: &'a Tally) -> Self {
        let key =
            |kind, one, other, subject| Self { kind, one, other, subject, one_says: "", other_says: "" };
        match tally {
            Tally::Score { bin } => key(SCORE, i64::from(*bin), 0, ""),
            Tally::Question(Question::Annotations) => key(QUESTION, 0, 0, ""),
            Tally::Question(Question::Field(id)) => key(QUESTION, 0, 0, id),
            Tally::Label(label) => key(LABEL, 0, 0, label),
            Tally::People(one, other) => key(PEOPLE, one.0, other.0, ""),
            Tally::Alpha { question, one, other, raters } => {
                Self { one_says: one, other_says: other, ..key(ALPHA, i64::from(*raters), 0, question) }
            }
            Tally::Kappa { people, question, one, other } => {
                Self { one_says: one, other_says: other, ..key(KAPPA, people.0.0, people.1.0, question) }
            }
        }
    }
}

const COLUMNS: &str = "kind, one, other, subject, one_says, other_says, n, total, size";

fn tally(row: &Row<'_>) -> Result<(Tally, Sums)> {
    let (kind, one, other, subject) = (row.int(0)?, row.int(1)?, row.int(2)?, row.text(3)?);
    let small = || {
        u8::try_from(one).map_err(|_| StoreError::inconsistent("agreement_sums", kind, format!("one {one}")))
    };
    let people = (UserId(one), UserId(other));
    let tally = match u8::try_from(kind) {
        Ok(SCORE) => Tally::Score { bin: small()? },
        Ok(QUESTION) if subject.is_empty() => Tally::Question(Question::Annotations),
        Ok(QUESTION) => Tally::Question(Question::Field(subject)),
        Ok(LABEL) => Tally::Label(subject),
        Ok(PEOPLE) => Tally::People(people.0, people.1),
        Ok(ALPHA) => {
            Tally::Alpha { question: subject, one: row.text(4)?, other: row.text(5)?, raters: small()? }
        }
        Ok(KAPPA) => Tally::Kappa { people, question: subject, one: row.text(4)?, other: row.text(5)? },
        _ => return Err(StoreError::inconsistent("agreement_sums", kind, "is no kind")),
    };
    Ok((tally, Sums { n: row.int(6)?, total: row.int(7)?, size: row.int(8)? }))
}

impl Tx<'_> {
    /// The score of a task; `None` when it is not compared: not all judgements are there, or it needs only one.
    pub fn agreement(&self, task: TaskId) -> Result<Option<Millionths>> {
        self.one(
            "SELECT score FROM agreements WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3",
            args![task.project, task.batch, task.ordinal],
            |row| row.int(0),
        )
    }

    pub fn set_agreement(&self, task: TaskId, score: Option<Millionths>) -> Result<()> {
        match score {
            Some(score) => self.exec(
                "INSERT INTO agreements (project_id, batch_id, ordinal, score) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (project_id, batch_id, ordinal) DO UPDATE SET score = excluded.score",
                args![task.project, task.batch, task.ordinal, score],
            )?,
            None => self.exec(
                "DELETE FROM agreements WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3",
                args![task.project, task.batch, task.ordinal],
            )?,
        };
        Ok(())
    }

    /// Adds to a batch's sums; what becomes zero is not kept.
    pub fn add_agreement_sums(
        &self,
        project: ProjectId,
        batch: BatchId,
        added: &BTreeMap<Tally, Sums>,
    ) -> Result<()> {
        for (tally, sums) in added.iter().filter(|(_, sums)| !sums.is_zero()) {
            let key = Key::of(tally);
            let Key { kind, one, other, subject, one_says, other_says } = key;
            self.exec_later(
                "INSERT INTO agreement_sums (project_id, batch_id, kind, one, other, subject, one_says, other_says,
                                             n, total, size)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (project_id, batch_id, kind, one, other, subject, one_says, other_says)
                 DO UPDATE SET n = agreement_sums.n + excluded.n, total = agreement_sums.total + excluded.total,
                               size = agreement_sums.size + excluded.size",
                args![
                    project, batch, kind, one, other, subject, one_says, other_says, sums.n, sums.total, sums.size
                ],
            )?;
            if sums.n < 0 || sums.size < 0 {
                self.exec_later(
                    "DELETE FROM agreement_sums
                     WHERE project_id = ?1 AND batch_id = ?2 AND kind = ?3 AND one = ?4 AND other = ?5
                       AND subject = ?6 AND one_says = ?7 AND other_says = ?8 AND n = 0 AND total = 0 AND size = 0",
                    args![project, batch, kind, one, other, subject, one_says, other_says],
                )?;
            }
        }
        Ok(())
    }

    /// Sums of a batch but for those of people: as many as its questions, labels and options are.
    pub fn agreement_sums(&self, project: ProjectId, batch: BatchId) -> Result<Vec<(Tally, Sums)>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM agreement_sums
                 WHERE project_id = ?1 AND batch_id = ?2 AND kind IN ({SCORE}, {QUESTION}, {LABEL}, {ALPHA})"
            ),
            args![project, batch],
            tally,
        )
    }

    /// Sums of pairs of people in a batch, those with the most tasks in common first.
    pub fn agreement_pairs(
        &self,
        project: ProjectId,
        batch: BatchId,
        limit: usize,
    ) -> Result<Vec<(Tally, Sums)>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM agreement_sums WHERE project_id = ?1 AND batch_id = ?2 AND kind = {PEOPLE}
                 ORDER BY n DESC, one, other LIMIT ?3"
            ),
            args![project, batch, i64::try_from(limit).unwrap_or(i64::MAX)],
            tally,
        )
    }

    pub fn count_agreement_pairs(&self, project: ProjectId, batch: BatchId) -> Result<i64> {
        self.int(
            &format!(
                "SELECT count(*) FROM agreement_sums WHERE project_id = ?1 AND batch_id = ?2 AND kind = {PEOPLE}"
            ),
            args![project, batch],
        )
    }

    /// What two people chose on the tasks that both judged.
    pub fn agreement_choices(
        &self,
        project: ProjectId,
        batch: BatchId,
        (one, other): (UserId, UserId),
    ) -> Result<Vec<(Tally, Sums)>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM agreement_sums
                 WHERE project_id = ?1 AND batch_id = ?2 AND kind = {KAPPA} AND one = ?3 AND other = ?4"
            ),
            args![project, batch, one, other],
            tally,
        )
    }

    /// How far each person agrees with all others in a batch: the person, pairs of answers, the sum of their scores.
    pub fn agreement_people(
        &self,
        project: ProjectId,
        batch: BatchId,
    ) -> Result<Vec<(UserId, i64, Millionths)>> {
        self.all(
            &format!(
                "SELECT person, sum(n), sum(total) FROM (
                     SELECT one AS person, n, total FROM agreement_sums
                     WHERE project_id = ?1 AND batch_id = ?2 AND kind = {PEOPLE}
                     UNION ALL
                     SELECT other, n, total FROM agreement_sums
                     WHERE project_id = ?1 AND batch_id = ?2 AND kind = {PEOPLE}) pairs
                 GROUP BY person ORDER BY person"
            ),
            args![project, batch],
            |row| Ok((UserId(row.int(0)?), row.int(1)?, row.int(2)?)),
        )
    }

    /// The tasks of a batch that are judged most differently, worst first.
    pub fn least_agreed(
        &self,
        project: ProjectId,
        batch: BatchId,
        limit: u32,
    ) -> Result<Vec<(Ordinal, Millionths)>> {
        self.all(
            "SELECT ordinal, score FROM agreements WHERE project_id = ?1 AND batch_id = ?2
             ORDER BY score, ordinal LIMIT ?3",
            args![project, batch, limit],
            |row| Ok((row.u32(0)?, row.int(1)?)),
        )
    }

    /// Calls `visit` with asset and score of every compared task of a project whose score lies in a closed range.
    pub fn each_agreement(
        &self,
        project: ProjectId,
        (from, to): (Millionths, Millionths),
        mut visit: impl FnMut(u32, Millionths),
    ) -> Result<()> {
        self.each(
            "SELECT a.ordinal, a.score FROM batches b
             CROSS JOIN agreements a
             WHERE a.project_id = b.project_id AND a.batch_id = b.batch_id AND b.project_id = ?1
               AND (b.overlap > 1 OR b.brought_in = 1) AND a.score >= ?2 AND a.score <= ?3",
            args![project, from, to],
            |row| {
                visit(row.u32(0)?, row.int(1)?);
                Ok(())
            },
        )
    }

    /// Scores of a batch's tasks on the assets `from..until`.
    pub fn agreements_between(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: Ordinal,
        until: Ordinal,
    ) -> Result<BTreeMap<Ordinal, Millionths>> {
        let rows = self.all(
            "SELECT ordinal, score FROM agreements
             WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3 AND ordinal < ?4",
            args![project, batch, from, until],
            |row| Ok((row.u32(0)?, row.int(1)?)),
        )?;
        Ok(rows.into_iter().collect())
    }

    /// Every sum of a batch: for a recount.
    pub fn all_agreement_sums(&self, project: ProjectId, batch: BatchId) -> Result<BTreeMap<Tally, Sums>> {
        let rows = self.all(
            &format!("SELECT {COLUMNS} FROM agreement_sums WHERE project_id = ?1 AND batch_id = ?2"),
            args![project, batch],
            tally,
        )?;
        Ok(rows.into_iter().collect())
    }

    pub fn n_agreements(&self, project: ProjectId) -> Result<i64> {
        self.int("SELECT count(*) FROM agreements WHERE project_id = ?1", args![project])
    }
}
