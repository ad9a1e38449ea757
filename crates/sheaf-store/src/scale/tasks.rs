//! Tasks as clients of Scale's API made them: their number in the project, what they were made with, where they stand.

use sheaf_model::{BatchId, Millis, Ordinal, ProjectId};

use crate::args;
use crate::error::{Result, StoreError};
use crate::sql::{Row, Tx};
use crate::topics::Topic;

/// How far a task is on its way to Sheaf's desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Its attachment is to be fetched.
    Fetch,
    /// It is to become a member of its batch.
    Ready,
    /// It is one: a task of Sheaf.
    Bound,
    /// It is none, and is answered over the API.
    Apart,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Ready => "ready",
            Self::Bound => "bound",
            Self::Apart => "apart",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        [Self::Fetch, Self::Ready, Self::Bound, Self::Apart].into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Pending,
    Completed,
    Canceled,
    Error,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Completed, Self::Canceled, Self::Error];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Canceled => "canceled",
            Self::Error => "error",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A task to be made; its number is given by the store.
#[derive(Debug, Clone)]
pub struct NewTask {
    pub project: ProjectId,
    pub batch: BatchId,
    pub kind: String,
    pub stage: Stage,
    pub unique_id: Option<String>,
    pub params: String,
    pub metadata: String,
    pub tags: Vec<String>,
    pub callback: Option<String>,
    pub priority: Option<i64>,
    pub is_test: bool,
    pub params_version: Option<i64>,
    /// Of one that is done as soon as it is made.
    pub response: Option<String>,
    pub now: Millis,
}

#[derive(Debug, Clone)]
pub struct TaskRow {
    pub project: ProjectId,
    pub number: u32,
    pub batch: BatchId,
    pub kind: String,
    pub stage: Stage,
    pub status: Status,
    pub ordinal: Option<Ordinal>,
    pub unique_id: Option<String>,
    pub params: String,
    pub metadata: String,
    pub tags: Vec<String>,
    pub callback: Option<String>,
    pub callback_ok: Option<bool>,
    pub priority: Option<i64>,
    pub is_test: bool,
    pub params_version: Option<i64>,
    pub response: Option<String>,
    pub error: Option<String>,
    pub review: String,
    pub audits: Option<String>,
    pub created: Millis,
    pub updated: Millis,
    pub completed: Option<Millis>,
    pub fetch_due: Option<Millis>,
    pub fetch_attempts: u32,
}

pub(super) const COLUMNS: &str =
    "t.project_id, t.number, t.batch_id, t.type, t.stage, t.status, t.ordinal, t.unique_id, t.params, t.metadata,
     t.tags, t.callback, t.callback_ok, t.priority, t.is_test, t.params_version, t.response, t.error, t.review,
     t.audits, t.created_ms, t.updated_ms, t.completed_ms, t.fetch_due_ms, t.fetch_attempts";

pub(super) fn task(row: &Row<'_>) -> Result<TaskRow> {
    let number = row.u32(1)?;
    let (stage, status) = (row.text(4)?, row.text(5)?);
    let bad = |what: String| StoreError::inconsistent("scale_tasks", number, what);
    Ok(TaskRow {
        project: ProjectId(row.int(0)?),
        number,
        batch: BatchId(row.int(2)?),
        kind: row.text(3)?,
        stage: Stage::parse(&stage).ok_or_else(|| bad(format!("stage `{stage}`")))?,
        status: Status::parse(&status).ok_or_else(|| bad(format!("status `{status}`")))?,
        ordinal: row.opt_u32(6)?,
        unique_id: row.opt_text(7)?,
        params: row.text(8)?,
        metadata: row.text(9)?,
        tags: row.opt_json(10)?.unwrap_or_default(),
        callback: row.opt_text(11)?,
        callback_ok: row.opt_int(12)?.map(|ok| ok != 0),
        priority: row.opt_int(13)?,
        is_test: row.bool(14)?,
        params_version: row.opt_int(15)?,
        response: row.opt_text(16)?,
        error: row.opt_text(17)?,
        review: row.text(18)?,
        audits: row.opt_text(19)?,
        created: row.int(20)?,
        updated: row.int(21)?,
        completed: row.opt_int(22)?,
        fetch_due: row.opt_int(23)?,
        fetch_attempts: row.u32(24)?,
    })
}

impl Tx<'_> {
    /// Adds a task; its number.
    pub fn insert_client_task(&self, new: &NewTask) -> Result<u32> {
        let sql = "SELECT n_tasks FROM scale_projects WHERE project_id = ?1";
        let number = self.int(sql, args![new.project])? + 1;
        let number = u32::try_from(number).map_err(|_| {
            StoreError::Constraint("a project has at most 4,294,967,295 tasks of clients".into())
        })?;
        self.exec_later(
            "UPDATE scale_projects SET n_tasks = ?2 WHERE project_id = ?1",
            args![new.project, number],
        )?;
        let status = if new.response.is_some() { Status::Completed } else { Status::Pending };
        let tags = (!new.tags.is_empty()).then(|| crate::sql::to_json(&new.tags)).transpose()?;
        self.exec_later(
            "INSERT INTO scale_tasks (project_id, number, batch_id, type, stage, status, unique_id, params, metadata,
                    tags, callback, priority, is_test, params_version, response, created_ms, updated_ms,
                    completed_ms, fetch_due_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16, ?17, ?18)",
            args![
                new.project,
                number,
                new.batch,
                &new.kind,
                new.stage.as_str(),
                status.as_str(),
                new.unique_id.as_deref(),
                &new.params,
                &new.metadata,
                tags.as_ref(),
                new.callback.as_deref(),
                new.priority,
                new.is_test,
                new.params_version,
                new.response.as_deref(),
                new.now,
                (status == Status::Completed).then_some(new.now),
                (new.stage == Stage::Fetch).then_some(new.now),
            ],
        )?;
        self.count_client_task(new.project, new.batch, None, status)?;
        self.put_client_tags(new.project, number, &new.tags)?;
        if matches!(new.stage, Stage::Fetch | Stage::Ready) {
            self.changed.add(Topic::Outbox);
        }
        Ok(number)
    }

    fn put_client_tags(&self, project: ProjectId, number: u32, tags: &[String]) -> Result<()> {
        for tag in tags {
            self.exec_later(
                "INSERT INTO scale_task_tags (project_id, tag, number) VALUES (?1, ?2, ?3)",
                args![project, tag, number],
            )?;
        }
        Ok(())
    }

    pub fn client_task(&self, project: ProjectId, number: u32) -> Result<Option<TaskRow>> {
        self.one(
            &format!("SELECT {COLUMNS} FROM scale_tasks t WHERE t.project_id = ?1 AND t.number = ?2"),
            args![project, number],
            task,
        )
    }

    /// The client's task that is this task of Sheaf.
    pub fn client_task_of(
        &self,
        project: ProjectId,
        batch: BatchId,
        ordinal: Ordinal,
    ) -> Result<Option<TaskRow>> {
        self.one(
            &format!(
                "SELECT {COLUMNS} FROM scale_tasks t WHERE t.project_id = ?1 AND t.batch_id = ?2 AND t.ordinal = ?3"
            ),
            args![project, batch, ordinal],
            task,
        )
    }

    /// The task of a unique id, of any project: one look into each that a client has used.
    pub fn client_tasks_by_unique_id(&self, unique_id: &str) -> Result<Vec<(ProjectId, u32)>> {
        self.all(
            // The order of the two is that of the statement: otherwise SQLite walks all unique ids there are.
            "SELECT t.project_id, t.number FROM scale_projects p
             CROSS JOIN scale_tasks t INDEXED BY scale_tasks_unique_id
             WHERE t.project_id = p.project_id AND t.unique_id = ?1",
            args![unique_id],
            |row| Ok((ProjectId(row.int(0)?), row.u32(1)?)),
        )
    }

    /// Writes what may change of a task. `before`: as it was read in this transaction.
    pub fn update_client_task(&self, before: &TaskRow, after: &TaskRow) -> Result<()> {
        let tags = (!after.tags.is_empty()).then(|| crate::sql::to_json(&after.tags)).transpose()?;
        self.exec_later(
            "UPDATE scale_tasks SET stage = ?3, status = ?4, ordinal = ?5, unique_id = ?6, metadata = ?7, tags = ?8,
                    callback_ok = ?9, response = ?10, error = ?11, review = ?12, audits = ?13, updated_ms = ?14,
                    completed_ms = ?15, fetch_due_ms = ?16, fetch_attempts = ?17
             WHERE project_id = ?1 AND number = ?2",
            args![
                after.project,
                after.number,
                after.stage.as_str(),
                after.status.as_str(),
                after.ordinal,
                after.unique_id.as_deref(),
                &after.metadata,
                tags.as_ref(),
                after.callback_ok,
                after.response.as_deref(),
                after.error.as_deref(),
                &after.review,
                after.audits.as_deref(),
                after.updated,
                after.completed,
                after.fetch_due,
                after.fetch_attempts,
            ],
        )?;
        self.count_client_task(after.project, after.batch, Some(before.status), after.status)?;
        if before.tags != after.tags {
            for tag in &before.tags {
                self.exec_later(
                    "DELETE FROM scale_task_tags WHERE project_id = ?1 AND tag = ?2 AND number = ?3",
                    args![after.project, tag, after.number],
                )?;
            }
            self.put_client_tags(after.project, after.number, &after.tags)?;
        }
        Ok(())
    }

    /// The batches that tasks wait to become members of.
    pub fn waiting_client_batches(&self, project: ProjectId) -> Result<Vec<BatchId>> {
        self.all(
            "SELECT DISTINCT batch_id FROM scale_tasks INDEXED BY scale_tasks_ready
             WHERE project_id = ?1 AND stage = 'ready' ORDER BY batch_id",
            args![project],
            |row| Ok(BatchId(row.int(0)?)),
        )
    }

    /// Whether tasks of a batch have yet to become members of it, or to be told that they cannot: pending ones, and answered ones.
    pub fn are_client_tasks_on_their_way(&self, project: ProjectId, batch: BatchId) -> Result<bool> {
        let ready = "SELECT 1 FROM scale_tasks INDEXED BY scale_tasks_ready
                     WHERE project_id = ?1 AND batch_id = ?2 AND stage = 'ready' LIMIT 1";
        let fetch = "SELECT 1 FROM scale_tasks INDEXED BY scale_tasks_fetching
                     WHERE project_id = ?1 AND batch_id = ?2 AND stage = 'fetch' LIMIT 1";
        let any =
            |sql: &str| Ok::<_, StoreError>(self.one(sql, args![project, batch], |_| Ok(()))?.is_some());
        Ok(any(ready)? || any(fetch)?)
    }

    /// Tasks that wait to become members of a batch, the first made first.
    pub fn ready_client_tasks(&self, project: ProjectId, batch: BatchId, limit: u32) -> Result<Vec<TaskRow>> {
        self.all(
            &format!(
                // Named, or SQLite walks all tasks of the project in their order.
                "SELECT {COLUMNS} FROM scale_tasks t INDEXED BY scale_tasks_ready
                 WHERE t.project_id = ?1 AND t.batch_id = ?2 AND t.stage = 'ready' ORDER BY t.number LIMIT ?3"
            ),
            args![project, batch, limit],
            task,
        )
    }

    /// Tasks whose attachment is to be fetched now.
    pub fn client_tasks_to_fetch(&self, project: ProjectId, now: Millis, limit: u32) -> Result<Vec<TaskRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM scale_tasks t WHERE t.project_id = ?1 AND t.fetch_due_ms <= ?2
                 ORDER BY t.fetch_due_ms, t.number LIMIT ?3"
            ),
            args![project, now, limit],
            task,
        )
    }

    /// Whatever is being fetched is to be fetched now. For the sole process that fetches, before it begins.
    pub fn unlock_client_fetches(&self, project: ProjectId, now: Millis) -> Result<()> {
        self.exec_later(
            "UPDATE scale_tasks SET fetch_due_ms = ?2 WHERE project_id = ?1 AND fetch_due_ms > ?2",
            args![project, now],
        )
    }

    /// When the next attachment of a project is to be fetched.
    pub fn next_client_fetch(&self, project: ProjectId) -> Result<Option<Millis>> {
        self.one(
            "SELECT fetch_due_ms FROM scale_tasks WHERE project_id = ?1 AND fetch_due_ms IS NOT NULL
             ORDER BY fetch_due_ms LIMIT 1",
            args![project],
            |row| row.int(0),
        )
    }
}
