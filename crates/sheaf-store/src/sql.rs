//! One transaction, seen by the statements: run SQL text with positional arguments (`?1`), read typed columns.
//!
//! Statements know this and nothing of the driver.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use sheaf_model::{BatchId, Ordinal, ProjectId, UserId};

use crate::ahead::Ahead;
use crate::batch_hours::Hours;
use crate::batch_progress::Book;
pub use crate::driver::{Arg, Row};
use crate::driver::{Conn, Purpose};
use crate::error::{Result, StoreError};
use crate::gathered::Gathered;
use crate::library::index::{Indexes, ProjectIndex};
use crate::memory::Memory;
use crate::meters::Tally;
use crate::queue::Shared;
use crate::topics::{Topic, Topics};
use crate::turn::{OF_INSTANCE, Turn};

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

fn record(sql: &str) {
    RECORDED.with_borrow_mut(|recorded| {
        if let Some(recorded) = recorded {
            recorded.push(sql.to_owned());
        }
    });
}

/// One open transaction. All reads in it see one snapshot.
pub struct Tx<'c> {
    pub(crate) conn: &'c Conn,
    /// What was known of each project's index when the transaction began; never newer than what it sees.
    pub(crate) indexes: Arc<Indexes>,
    /// Indexes as this transaction leaves them (writer only); published after the commit.
    pub(crate) pending: RefCell<HashMap<i64, Arc<ProjectIndex>>>,
    /// What may have changed; also by a job that was rolled back.
    pub(crate) changed: Topics,
    /// Progress of batches that is not written yet (writer only).
    pub(crate) book: Book,
    /// What people handed in, not written yet (writer only).
    pub(crate) hours: Hours,
    /// What the current job may write to (writer only).
    pub(crate) turn: RefCell<Turn>,
    /// Whether it failed because it may not write to the instance (writer only).
    pub(crate) needs_instance: Cell<bool>,
    /// What was read before it was asked for (writer only).
    pub(crate) ahead: Ahead,
    /// What was written and not sent yet (writer only).
    pub(crate) gathered: Gathered,
    /// What is counted of the jobs (writer only).
    pub(crate) tally: Tally,
    /// Whether the current job wrote anything (writer only).
    pub(crate) wrote: Cell<bool>,
    /// What the process remembers of the queue.
    pub(crate) queue: &'c Shared,
    pub(crate) purpose: Purpose,
    /// Whether the current job has its savepoint for itself (writer only).
    pub(crate) alone: Cell<bool>,
    /// Of this process, see [`crate::jobs`].
    pub(crate) node: i64,
}

/// Tables that a claim reads and that rarely change: see [`Tx::roster`].
const ROSTER: [&str; 7] =
    ["batches", "members", "person_group_people", "person_groups", "projects", "users", "webhooks"];

/// Tables that say who somebody is who shows a cookie or a key; with those of the roster they end or change a look at the
/// queue.
const CREDENTIALS: [&str; 3] = ["api_keys", "sessions", "users"];

/// The table that a statement writes.
pub(crate) fn written(sql: &str) -> Option<&str> {
    let mut words = sql.split_ascii_whitespace();
    match words.next()? {
        "UPDATE" => words.next(),
        "INSERT" | "DELETE" => words.nth(1),
        _ => None,
    }
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: &'c Conn, indexes: Arc<Indexes>, memory: &'c Memory, purpose: Purpose) -> Self {
        Self {
            conn,
            indexes,
            pending: RefCell::default(),
            changed: Topics::default(),
            book: Book::default(),
            hours: Hours::default(),
            turn: RefCell::new(Turn::all()),
            needs_instance: Cell::new(false),
            ahead: Ahead::default(),
            gathered: Gathered::default(),
            tally: Tally::default(),
            wrote: Cell::new(false),
            queue: &memory.queue,
            purpose,
            alone: Cell::new(true),
            node: memory.node,
        }
    }

    /// Runs a statement; the number of rows it changed.
    pub fn exec(&self, sql: &str, args: &[Arg<'_>]) -> Result<usize> {
        self.will_write(sql, args)?;
        self.conn.execute(sql, args)
    }

    /// Runs a statement of whose outcome nothing depends: with PostgreSQL nobody waits for it, and an error is told by what is
    /// waited for next, or ends the transaction.
    pub fn exec_later(&self, sql: &str, args: &[Arg<'_>]) -> Result<()> {
        self.will_write(sql, args)?;
        self.conn.execute_later(sql, args)
    }

    /// Adds rows to a table that has none of their keys; `columns` with commas between them.
    pub fn insert<'a>(
        &self,
        table: &str,
        columns: &str,
        rows: impl IntoIterator<Item = Vec<Arg<'a>>>,
    ) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        let Some(first) = rows.peek() else { return Ok(()) };
        self.will_write(&format!("INSERT INTO {table}"), first)?;
        let (turn, mut refused) = (self.turn.borrow(), None);
        let mut allowed = rows.map_while(|row| match turn.allows(table, &row) {
            Ok(()) => Some(row),
            Err(error) => {
                refused = Some(error);
                None
            }
        });
        self.conn.insert(table, columns, &mut allowed)?;
        refused.map_or(Ok(()), Err)
    }

    /// Before a statement that writes: all that was gathered is sent, and what is known of its table is not known any more.
    fn will_write(&self, sql: &str, args: &[Arg<'_>]) -> Result<()> {
        self.note(sql, args)?;
        written(sql).into_iter().for_each(|table| self.ahead.written(table));
        self.send_gathered()
    }

    /// Whether the current job may write to a project.
    pub fn has_turn(&self, project: ProjectId) -> bool {
        self.turn.borrow().has(project)
    }

    /// Notes what a statement is about to change.
    pub(crate) fn note(&self, sql: &str, args: &[Arg<'_>]) -> Result<()> {
        self.wrote.set(true);
        if let Some(table) = written(sql) {
            let allowed = self.turn.borrow().allows(table, args);
            allowed.inspect_err(|_| self.needs_instance.set(OF_INSTANCE.contains(&table)))?;
            let (roster, credentials) = (ROSTER.contains(&table), CREDENTIALS.contains(&table));
            if roster {
                self.queue.roster_changed();
                self.changed.add(Topic::Roster);
            }
            if credentials {
                self.changed.add(Topic::Credentials);
            }
            if roster || credentials {
                self.changed.add(Topic::Queue);
            }
        }
        record(sql);
        Ok(())
    }

    fn will_read(&self, sql: &str) -> Result<()> {
        record(sql);
        self.send_gathered()
    }

    /// A slot at this ordinal may be open to people to whom it was not, but for those who have a part in its task.
    pub(crate) fn opened(
        &self,
        project: ProjectId,
        batch: BatchId,
        ordinal: Ordinal,
        part: impl Fn(UserId) -> bool,
    ) {
        self.changed.add(Topic::Openings);
        self.queue.lower(project, batch, ordinal, part);
    }

    /// The first row, if there is one.
    pub fn one<T>(
        &self,
        sql: &str,
        args: &[Arg<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.will_read(sql)?;
        let (mut read, mut out) = (Some(read), None);
        self.conn.query(sql, args, &mut |row| {
            out = read.take().map(|read| read(row)).transpose()?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(out)
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

    /// Every row of one statement with several sets of arguments of one project, which is the first of each, in their order.
    pub fn many<T>(
        &self,
        sql: &str,
        args: &[Vec<Arg<'_>>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.will_read(sql)?;
        let mut out = Vec::with_capacity(args.len());
        self.conn.query_many(sql, args, &mut |row| {
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
        self.will_read(sql)?;
        self.conn.query(sql, args, &mut |row| visit(row).map(ControlFlow::Continue))
    }

    /// A whole number that is there: `SELECT count(*)` and its like.
    pub fn int(&self, sql: &str, args: &[Arg<'_>]) -> Result<i64> {
        self.one(sql, args, |row| row.int(0))?
            .ok_or_else(|| StoreError::Database(format!("no row for `{sql}`")))
    }

    /// The query plan of a statement, one step a line: for the tests that pin the plans of hot statements.
    pub fn plan(&self, sql: &str) -> Result<Vec<String>> {
        self.conn.plan(sql)
    }
}
