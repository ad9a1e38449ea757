//! One transaction, seen by the statements: run SQL text with positional arguments (`?1`), read typed columns.
//!
//! Statements know this and nothing of the driver, so that a second database is a second implementation of this file.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use sheaf_model::{BatchId, ProjectId, TaskId};

use crate::batch_hours::Hours;
use crate::batch_progress::Book;
use crate::error::{Result, StoreError};
use crate::library::index::{Indexes, ProjectIndex};
use crate::queue::Shared;

/// An argument of a statement.
#[derive(Debug, Clone, Copy)]
pub enum Arg<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl rusqlite::ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Arg::Null => ValueRef::Null,
            Arg::Int(value) => ValueRef::Integer(*value),
            Arg::Real(value) => ValueRef::Real(*value),
            Arg::Text(value) => ValueRef::Text(value.as_bytes()),
            Arg::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

macro_rules! arg_from {
    ($($from:ty => $to:expr),+ $(,)?) => {
        $(impl<'a> From<$from> for Arg<'a> {
            fn from(value: $from) -> Self {
                let make: fn($from) -> Arg<'a> = $to;
                make(value)
            }
        })+
    };
}

arg_from! {
    i64 => Arg::Int,
    i32 => |v| Arg::Int(i64::from(v)),
    u32 => |v| Arg::Int(i64::from(v)),
    u8 => |v| Arg::Int(i64::from(v)),
    bool => |v| Arg::Int(i64::from(v)),
    f64 => Arg::Real,
    &'a str => Arg::Text,
    &'a String => |v| Arg::Text(v),
    &'a [u8] => Arg::Blob,
    &'a Vec<u8> => |v| Arg::Blob(v),
    &'a [u8; 16] => |v| Arg::Blob(v),
    &'a [u8; 32] => |v| Arg::Blob(v),
    sheaf_model::ProjectId => |v| Arg::Int(v.0),
    sheaf_model::UserId => |v| Arg::Int(v.0),
    sheaf_model::UploadId => |v| Arg::Int(v.0),
    sheaf_model::BatchId => |v| Arg::Int(v.0),
    sheaf_model::MetadataUpdateId => |v| Arg::Int(v.0),
    sheaf_model::KeyId => |v| Arg::Int(v.0),
    sheaf_model::InvitationId => |v| Arg::Int(v.0),
    sheaf_model::SessionId => |v| Arg::Int(v.0),
    sheaf_model::SavedQueryId => |v| Arg::Int(v.0),
    sheaf_model::StandingBatchId => |v| Arg::Int(v.0),
    sheaf_model::GroupId => |v| Arg::Int(v.0),
    sheaf_model::WebhookId => |v| Arg::Int(v.0),
}

impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Arg::Null, Into::into)
    }
}

/// Arguments of a statement: `args![project, name]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::Arg::from($value)),*] as &[$crate::sql::Arg<'_>] };
}

/// A row of an answer; columns by their position.
pub struct Row<'a>(&'a rusqlite::Row<'a>);

impl Row<'_> {
    pub fn int(&self, at: usize) -> Result<i64> {
        Ok(self.0.get(at)?)
    }
    pub fn opt_int(&self, at: usize) -> Result<Option<i64>> {
        Ok(self.0.get(at)?)
    }
    pub fn u32(&self, at: usize) -> Result<u32> {
        Ok(self.0.get(at)?)
    }
    pub fn opt_u32(&self, at: usize) -> Result<Option<u32>> {
        Ok(self.0.get(at)?)
    }
    pub fn bool(&self, at: usize) -> Result<bool> {
        Ok(self.int(at)? != 0)
    }
    pub fn opt_real(&self, at: usize) -> Result<Option<f64>> {
        Ok(self.0.get(at)?)
    }
    pub fn text(&self, at: usize) -> Result<String> {
        Ok(self.0.get(at)?)
    }
    pub fn opt_text(&self, at: usize) -> Result<Option<String>> {
        Ok(self.0.get(at)?)
    }
    pub fn blob(&self, at: usize) -> Result<Vec<u8>> {
        Ok(self.0.get(at)?)
    }
    pub fn bytes<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        Ok(self.0.get(at)?)
    }
    pub fn opt_bytes<const N: usize>(&self, at: usize) -> Result<Option<[u8; N]>> {
        Ok(self.0.get(at)?)
    }
    /// A task, in three columns: project, batch, ordinal.
    pub fn task(&self, at: usize) -> Result<TaskId> {
        Ok(TaskId {
            project: ProjectId(self.int(at)?),
            batch: BatchId(self.int(at + 1)?),
            ordinal: self.u32(at + 2)?,
        })
    }
    /// A column that holds JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T> {
        from_json(&self.text(at)?)
    }
    pub fn opt_json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<Option<T>> {
        self.opt_text(at)?.map(|text| from_json(&text)).transpose()
    }
}

/// Reads stored JSON; what we wrote ourselves and cannot read is an inconsistency, not a person's mistake.
pub fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Database(format!("stored JSON: {error}")))
}

/// Writes JSON for a column.
pub fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(format!("JSON to store: {error}")))
}

thread_local! {
    static RECORDED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// The texts of the statements that `run` executes on this thread: for the tests that pin their plans.
pub fn recorded(run: impl FnOnce()) -> Vec<String> {
    RECORDED.with(|recorded| recorded.replace(Some(Vec::new())));
    run();
    RECORDED.with(RefCell::take).unwrap_or_default()
}

/// One open transaction. All reads in it see one snapshot.
pub struct Tx<'c> {
    conn: &'c rusqlite::Connection,
    /// What was known of each project's index when the transaction began; never newer than what it sees.
    pub(crate) indexes: Arc<Indexes>,
    /// Indexes as this transaction leaves them (writer only); published after the commit.
    pub(crate) pending: RefCell<HashMap<i64, Arc<ProjectIndex>>>,
    /// Whether a library may have changed; also when the job that changed it was rolled back.
    pub(crate) library_changed: Cell<bool>,
    /// Whether something may have been put into the outbox of webhooks; likewise.
    pub(crate) outbox_changed: Cell<bool>,
    /// Whether something may have changed that a look at the queue shows, or who may look; likewise.
    pub(crate) queue_changed: Cell<bool>,
    /// Whether people, sessions or keys may have changed; likewise.
    pub(crate) credentials_changed: Cell<bool>,
    /// Progress of batches that is not written yet (writer only).
    pub(crate) book: Book,
    /// What people handed in, not written yet (writer only).
    pub(crate) hours: Hours,
    /// Whether the current job wrote anything (writer only).
    pub(crate) wrote: Cell<bool>,
    /// What the process remembers of the queue.
    pub(crate) queue: &'c Shared,
}

/// Tables that a claim reads and that rarely change: see [`Tx::roster`].
const ROSTER: [&str; 6] = ["batches", "members", "person_group_people", "person_groups", "projects", "users"];

/// Tables that say who somebody is who shows a cookie or a key; with those of the roster they end or change a look at the
/// queue.
const CREDENTIALS: [&str; 3] = ["api_keys", "sessions", "users"];

/// The table that a statement writes.
fn written(sql: &str) -> Option<&str> {
    let mut words = sql.split_ascii_whitespace();
    match words.next()? {
        "UPDATE" => words.next(),
        "INSERT" | "DELETE" => words.nth(1),
        _ => None,
    }
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: &'c rusqlite::Connection, indexes: Arc<Indexes>, queue: &'c Shared) -> Self {
        Self {
            conn,
            indexes,
            pending: RefCell::default(),
            library_changed: Cell::new(false),
            outbox_changed: Cell::new(false),
            queue_changed: Cell::new(false),
            credentials_changed: Cell::new(false),
            book: Book::default(),
            hours: Hours::default(),
            wrote: Cell::new(false),
            queue,
        }
    }

    /// Runs a statement; the number of rows it changed.
    pub fn exec(&self, sql: &str, args: &[Arg<'_>]) -> Result<usize> {
        self.wrote.set(true);
        if let Some(table) = written(sql) {
            let (roster, credentials) = (ROSTER.contains(&table), CREDENTIALS.contains(&table));
            if roster {
                self.queue.roster_changed();
            }
            if credentials {
                self.credentials_changed.set(true);
            }
            if roster || credentials {
                self.queue_changed.set(true);
            }
        }
        Ok(self.prepare(sql)?.execute(rusqlite::params_from_iter(args))?)
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>> {
        RECORDED.with_borrow_mut(|recorded| {
            if let Some(recorded) = recorded {
                recorded.push(sql.to_owned());
            }
        });
        Ok(self.conn.prepare_cached(sql)?)
    }

    /// The first row, if there is one.
    pub fn one<T>(
        &self,
        sql: &str,
        args: &[Arg<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(args))?;
        rows.next()?.map(|row| read(&Row(row))).transpose()
    }

    /// Every row, in order.
    pub fn all<T>(
        &self,
        sql: &str,
        args: &[Arg<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut out = Vec::new();
        self.each(sql, args, |row| {
            out.push(read(row)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Calls `visit` for every row, in order, without keeping them.
    pub fn each(
        &self,
        sql: &str,
        args: &[Arg<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(args))?;
        while let Some(row) = rows.next()? {
            visit(&Row(row))?;
        }
        Ok(())
    }

    /// A whole number that is there: `SELECT count(*)` and its like.
    pub fn int(&self, sql: &str, args: &[Arg<'_>]) -> Result<i64> {
        self.one(sql, args, |row| row.int(0))?
            .ok_or_else(|| StoreError::Database(format!("no row for `{sql}`")))
    }

    /// The query plan of a statement, one step a line: for the tests that pin the plans of hot statements.
    pub fn plan(&self, sql: &str) -> Result<Vec<String>> {
        let arguments = (1..100).take_while(|n| sql.contains(&format!("?{n}"))).count();
        self.all(&format!("EXPLAIN QUERY PLAN {sql}"), &vec![Arg::Null; arguments], |row| row.text(3))
    }
}
