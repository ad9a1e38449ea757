//! Submissions: answers handed in, never changed.

use std::collections::BTreeMap;

use sheaf_model::slot::Fence;
use sheaf_model::{BatchId, Millis, Ordinal, ProjectId, SubmissionId, TaskId, UserId};

use crate::ahead::Ask;
use crate::args;
use crate::error::Result;
use crate::queue::SlotKey;
use crate::sql::{Row, Tx};

#[derive(Debug, Clone)]
pub struct SubmissionRow {
    pub id: SubmissionId,
    pub key: SlotKey,
    /// SHA-256 of the answer's canonical text: a second body under the same id is told from a repeat by it.
    pub body_hash: [u8; 32],
    pub person: UserId,
    pub round: i64,
    /// Rises when its author changes it.
    pub revision: i64,
    pub fence: Fence,
    pub taxonomy_version: i64,
    /// JSON of a response.
    pub response: String,
    /// Time that the person spent on it, as their browser measured it.
    pub seconds: Option<f64>,
    pub at: Millis,
    /// The pre-label that its author was shown.
    pub prelabel: Option<Begun>,
}

/// The pre-label that an answer began with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub source: String,
    /// The answer says what the pre-label said when it was handed in.
    pub unchanged: bool,
}

const COLUMNS: &str =
    "submission_id, project_id, batch_id, ordinal, stage, n, body_hash, person, round, fence,
     taxonomy_version, response, seconds, submitted_ms, revision, prelabel, prelabel_unchanged";

pub(crate) fn submission(row: &Row<'_>) -> Result<SubmissionRow> {
    let task = row.task(1)?;
    Ok(SubmissionRow {
        id: SubmissionId(row.bytes(0)?),
        key: SlotKey { task, stage: row.int(4)? as u8, n: row.int(5)? as u8 },
        body_hash: row.bytes(6)?,
        person: UserId(row.int(7)?),
        round: row.int(8)?,
        fence: row.bytes(9)?,
        taxonomy_version: row.int(10)?,
        response: row.text(11)?,
        seconds: row.opt_real(12)?,
        at: row.int(13)?,
        revision: row.int(14)?,
        prelabel: match row.opt_text(15)? {
            Some(source) => Some(Begun { source, unchanged: row.opt_int(16)? == Some(1) }),
            None => None,
        },
    })
}

pub(crate) fn one_sql() -> String {
    format!("SELECT {COLUMNS} FROM submissions WHERE project_id = ?1 AND submission_id = ?2")
}

/// Answers of one task, oldest first. The index is named: without statistics SQLite takes the primary key, which walks every
/// answer of the project.
pub(crate) fn task_sql() -> String {
    format!(
        "SELECT {COLUMNS} FROM submissions INDEXED BY submissions_task
         WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 ORDER BY submitted_ms, submission_id"
    )
}

impl Tx<'_> {
    pub fn submission(&self, project: ProjectId, id: SubmissionId) -> Result<Option<SubmissionRow>> {
        Ok(self.asked(&Ask::Submission(project, id), submission)?.into_iter().next())
    }

    /// Writes an answer.
    pub fn insert_submission(&self, new: &SubmissionRow) -> Result<()> {
        let TaskId { project, batch, ordinal } = new.key.task;
        self.ahead.forget(&Ask::Submission(project, new.id));
        self.ahead.forget(&Ask::Answers(new.key.task));
        self.gather(
            "INSERT INTO submissions (project_id, submission_id, batch_id, ordinal, stage, n, body_hash, person, round,
                                      fence, taxonomy_version, response, seconds, submitted_ms, revision, prelabel,
                                      prelabel_unchanged)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            new.id.0,
            args![
                project,
                &new.id.0,
                batch,
                ordinal,
                new.key.stage,
                new.key.n,
                &new.body_hash,
                new.person,
                new.round,
                &new.fence,
                new.taxonomy_version,
                &new.response,
                new.seconds,
                new.at,
                new.revision,
                new.prelabel.as_ref().map(|begun| &begun.source),
                new.prelabel.as_ref().map(|begun| i64::from(begun.unchanged)),
            ],
        )
    }

    /// Writes how often each label stands in a task's answer, in the place of what stood there.
    pub fn set_answer_labels(
        &self,
        task: TaskId,
        before: &BTreeMap<String, u32>,
        after: &BTreeMap<String, u32>,
    ) -> Result<()> {
        for label in before.keys().filter(|label| !after.contains_key(*label)) {
            self.gather(
                "DELETE FROM answer_labels WHERE project_id = ?1 AND label = ?2 AND ordinal = ?3 AND batch_id = ?4",
                (task, label),
                args![task.project, label, task.ordinal, task.batch],
            )?;
        }
        for (label, n) in after.iter().filter(|(label, n)| before.get(*label) != Some(n)) {
            self.gather(
                "INSERT INTO answer_labels (project_id, label, ordinal, batch_id, n) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (project_id, label, ordinal, batch_id) DO UPDATE SET n = excluded.n",
                (task, label),
                args![task.project, label, task.ordinal, task.batch, *n],
            )?;
        }
        Ok(())
    }

    /// Answers of one task, oldest first.
    pub fn task_submissions(
        &self,
        project: ProjectId,
        batch: BatchId,
        ordinal: Ordinal,
    ) -> Result<Vec<SubmissionRow>> {
        self.asked(&Ask::Answers(TaskId { project, batch, ordinal }), submission)
    }

    /// Answers to a batch's tasks on the assets `from..until`, by asset, older ones first.
    pub fn submissions_between(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: Ordinal,
        until: Ordinal,
    ) -> Result<Vec<SubmissionRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM submissions
                 WHERE project_id = ?1 AND batch_id = ?2 AND ordinal >= ?3 AND ordinal < ?4
                 ORDER BY ordinal, submitted_ms, submission_id"
            ),
            args![project, batch, from, until],
            submission,
        )
    }

    /// A person's answers in a project, newest first, older than (`before`, `before_id`).
    pub fn person_submissions(
        &self,
        project: ProjectId,
        person: UserId,
        before: Millis,
        before_id: SubmissionId,
        limit: u32,
    ) -> Result<Vec<SubmissionRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM submissions WHERE project_id = ?1 AND person = ?2
                   AND (submitted_ms < ?3 OR (submitted_ms = ?3 AND submission_id < ?4))
                 ORDER BY submitted_ms DESC, submission_id DESC LIMIT ?5"
            ),
            args![project, person, before, &before_id.0, limit],
            submission,
        )
    }

    /// How many answers a person gave in a project since a time.
    pub fn count_person_submissions(&self, project: ProjectId, person: UserId, since: Millis) -> Result<i64> {
        self.int(
            "SELECT count(*) FROM submissions WHERE project_id = ?1 AND person = ?2 AND submitted_ms >= ?3",
            args![project, person, since],
        )
    }

    /// How long a person's newest answers took, seconds, in no order: at most `max` of a batch, or of the project. Only
    /// the newest few hundred are looked at.
    pub fn newest_seconds(
        &self,
        project: ProjectId,
        batch: Option<BatchId>,
        person: UserId,
        max: u32,
    ) -> Result<Vec<f64>> {
        self.all(
            "SELECT seconds FROM (
                 SELECT batch_id, stage, seconds FROM submissions INDEXED BY submissions_person
                 WHERE project_id = ?1 AND person = ?2 ORDER BY submitted_ms DESC LIMIT 500) newest
             WHERE (CAST(?3 AS BIGINT) IS NULL OR batch_id = ?3) AND stage = 0 AND seconds IS NOT NULL LIMIT ?4",
            args![project, person, batch, max],
            |row| Ok(row.opt_real(0)?.unwrap_or(0.0)),
        )
    }
}
