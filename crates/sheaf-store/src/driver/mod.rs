//! A connection to the database, which is SQLite or PostgreSQL. All that the statements need of a driver is here, so that
//! they are written once for both.

pub(crate) mod arg;
mod catalog;
mod postgres;
mod row;
mod sqlite;

use std::ops::ControlFlow;
use std::path::PathBuf;

pub use arg::Arg;
pub(crate) use arg::OwnedArg;
pub(crate) use catalog::{Column, Columns, Kind};
pub(crate) use row::KeptRow;
pub use row::Row;
pub(crate) use row::Value;

use crate::error::{Result, StoreError};
use crate::topics::{Seen, Topics};
use crate::turn::Turn;

/// Where the data is.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server, and how it is reached.
    Postgres(Box<postgres::Settings>),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

impl Database {
    /// Reads the address of a server.
    pub(crate) fn postgres(url: &str) -> Result<Self> {
        Ok(Self::Postgres(Box::new(postgres::Settings::parse(url)?)))
    }

    /// Runs what waits for the database. A thread that drives asynchronous tasks must not do that for a server, whose
    /// connections are driven by those who wait for them: another one does it meanwhile.
    pub(crate) fn waiting<T: Send>(&self, f: impl FnOnce() -> T + Send) -> T {
        let asynchronous = tokio::runtime::Handle::try_current().is_ok();
        if matches!(self, Self::Sqlite(_)) || !asynchronous {
            return f();
        }
        let done = std::thread::scope(|scope| scope.spawn(f).join());
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    pub(crate) fn connect(&self, purpose: Purpose) -> Result<Conn> {
        Ok(match self {
            Self::Sqlite(path) => Conn::Sqlite(sqlite::connect(path, purpose)?),
            Self::Postgres(settings) => Conn::Postgres(Box::new(postgres::Client::connect(settings)?)),
        })
    }
}

/// The statement that adds some rows; `columns` with commas between them.
fn insert_statement(table: &str, columns: &str, rows: usize) -> String {
    let n = columns.split(',').count();
    let row =
        |at: usize| (1..=n).map(|column| format!("?{}", at * n + column)).collect::<Vec<_>>().join(", ");
    let rows: Vec<_> = (0..rows).map(|at| format!("({})", row(at))).collect();
    format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", "))
}

/// A statement that reads, for several sets of arguments, the first of which is the same in all.
pub(crate) struct Asked {
    pub(crate) sql: String,
    pub(crate) sets: Vec<Vec<OwnedArg>>,
}

/// By statement: rows, each with the number of the set that it answers.
pub(crate) type Answers = Vec<Vec<(usize, KeptRow)>>;

/// Called for every row of an answer, in order; says whether it wants the next one.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Row<'_>) -> Result<ControlFlow<()>>;

/// One connection, used by one thread at a time.
pub(crate) enum Conn {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Client>),
}

impl Conn {
    /// A database of SQLite that is nobody's, to read it and to leave it as it is.
    pub(crate) fn look_into(path: &std::path::Path) -> Result<Self> {
        sqlite::look_into(path).map(Self::Sqlite)
    }

    /// Runs a statement; the number of rows it changed.
    pub(crate) fn execute(&self, sql: &str, args: &[Arg<'_>]) -> Result<usize> {
        match self {
            Self::Sqlite(conn) => Ok(conn.prepare_cached(sql)?.execute(rusqlite::params_from_iter(args))?),
            Self::Postgres(client) => client.execute(sql, args),
        }
    }

    /// Runs a statement whose outcome is of no interest; an error of it may be told later, by the commit at the latest.
    pub(crate) fn execute_later(&self, sql: &str, args: &[Arg<'_>]) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.execute(sql, args).map(drop),
            Self::Postgres(client) => client.execute_later(sql, args, None),
        }
    }

    /// Runs a statement that writes for several sets of arguments, the first of which is the same in all, and none of which bears
    /// on another. Nobody waits for it where that
    /// costs time. `one`: it is to change one row for each set; that it did not may be told later, as an
    /// error, by [`Conn::hear`] at the latest.
    pub(crate) fn execute_sets_later(&self, sql: &str, sets: Vec<Vec<OwnedArg>>, one: bool) -> Result<()> {
        match self {
            Self::Sqlite(_) => sets.iter().try_for_each(|set| {
                let args: Vec<_> = set.iter().map(OwnedArg::as_arg).collect();
                self.execute(sql, &args).map(drop)
            }),
            Self::Postgres(client) => client.execute_sets_later(sql, sets, one),
        }
    }

    /// The answers to questions in one trip; none where a trip costs nothing or they cannot be asked at once.
    pub(crate) fn ask(&self, asked: &[Asked]) -> Result<Option<Answers>> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(client) => client.ask(asked),
        }
    }

    /// The rows of one statement with several sets of arguments, the first of which is the same in all, in their order.
    pub(crate) fn query_many(
        &self,
        sql: &str,
        args: &[Vec<Arg<'_>>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(_) => args
                .iter()
                .try_for_each(|args| self.query(sql, args, &mut |row| visit(row).map(ControlFlow::Continue))),
            Self::Postgres(client) => client.query_many(sql, args, visit),
        }
    }

    /// Adds rows to a table, which has none of their keys.
    pub(crate) fn insert(
        &self,
        table: &str,
        columns: &str,
        rows: &mut dyn Iterator<Item = Vec<Arg<'_>>>,
    ) -> Result<()> {
        match self {
            Self::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(&insert_statement(table, columns, 1))?;
                for row in rows {
                    statement.execute(rusqlite::params_from_iter(&row))?;
                }
                Ok(())
            }
            Self::Postgres(client) => client.insert(table, columns, rows),
        }
    }

    pub(crate) fn query(&self, sql: &str, args: &[Arg<'_>], visit: Visit<'_>) -> Result<()> {
        match self {
            Self::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(args))?;
                while let Some(row) = rows.next()? {
                    if visit(&Row::Sqlite(row))?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Self::Postgres(client) => client.query(sql, args, visit),
        }
    }

    /// Runs statements without arguments and answers, such as the steps of a migration.
    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(conn) => Ok(conn.execute_batch(sql)?),
            Self::Postgres(client) => client.batch(sql),
        }
    }

    /// Begins a transaction that sees one snapshot and writes nothing.
    pub(crate) fn begin_read(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.control("BEGIN DEFERRED"),
            Self::Postgres(client) => client.begin_read(),
        }
    }

    /// Begins a transaction that writes. With PostgreSQL it waits for its turn; what others say that they have changed, and the
    /// answers to what is asked in the same trip, see [`Conn::ask`].
    pub(crate) fn begin_write(
        &self,
        turn: &Turn,
        asked: &[Asked],
    ) -> Result<(Option<Seen>, Option<Answers>)> {
        match self {
            Self::Sqlite(_) => self.control("BEGIN IMMEDIATE").map(|()| (None, None)),
            Self::Postgres(client) => client.begin_write(turn, asked).map(|(seen, rows)| (Some(seen), rows)),
        }
    }

    /// The number of the schema and what nodes say has changed; none where there is one process only.
    pub(crate) fn numbers(&self) -> Result<Option<(i64, Seen)>> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(client) => client.numbers().map(Some),
        }
    }

    /// Makes what was written in a turn durable, and tells the other nodes what it may have changed.
    pub(crate) fn commit(&self, turn: &Turn, changed: &Topics) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.control("COMMIT"),
            Self::Postgres(client) => client.commit(turn, changed),
        }
    }

    /// Ends a transaction that wrote nothing, or undoes what it wrote.
    pub(crate) fn rollback(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.control("ROLLBACK"),
            Self::Postgres(client) => client.rollback(),
        }
    }

    pub(crate) fn savepoint(&self) -> Result<()> {
        self.control_later("SAVEPOINT jobs")
    }

    /// Undoes everything since the savepoint, which stays.
    pub(crate) fn undo(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.control("ROLLBACK TO SAVEPOINT jobs"),
            Self::Postgres(client) => client.undo(),
        }
    }

    /// Keeps what was written since the savepoint, all of which has been heard of, see [`Conn::hear`].
    pub(crate) fn release(&self) -> Result<()> {
        self.control_later("RELEASE SAVEPOINT jobs")
    }

    /// Waits until what was sent has been done; an error says that something of it was not.
    pub(crate) fn hear(&self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(client) => client.hear(),
        }
    }

    fn control_later(&self, sql: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(_) => self.control(sql),
            Self::Postgres(client) => client.batch_later(sql),
        }
    }

    fn control(&self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(conn) => {
                conn.prepare_cached(sql)?.execute([])?;
                Ok(())
            }
            Self::Postgres(client) => client.batch(sql),
        }
    }

    /// Whether statements are better sent together than one by one.
    pub(crate) fn sends_together(&self) -> bool {
        matches!(self, Self::Postgres(client) if client.is_prepared())
    }

    /// Whether other processes may write to it.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether no transaction is open, and one could be begun.
    pub(crate) fn is_idle(&self) -> bool {
        match self {
            Self::Sqlite(conn) => conn.is_autocommit(),
            Self::Postgres(client) => client.is_idle(),
        }
    }

    /// Whether it can be used no more.
    pub(crate) fn is_broken(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(client) => client.is_broken(),
        }
    }

    /// Whether an error ended the transaction but for what comes before the last savepoint.
    pub(crate) fn has_failed(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(client) => client.has_failed(),
        }
    }

    /// The plan of a statement, one step a line: for the tests that pin the plans of hot statements.
    pub(crate) fn plan(&self, sql: &str) -> Result<Vec<String>> {
        let arguments = (1..100).take_while(|n| sql.contains(&format!("?{n}"))).count();
        match self {
            Self::Sqlite(_) => {
                let mut steps = Vec::new();
                let nothing = vec![Arg::Null; arguments];
                self.query(&format!("EXPLAIN QUERY PLAN {sql}"), &nothing, &mut |row| {
                    steps.push(row.text(3)?);
                    Ok(ControlFlow::Continue(()))
                })?;
                Ok(steps)
            }
            Self::Postgres(client) => client.plan(sql, arguments),
        }
    }

    /// What SQLite finds wrong with its file, at most `max` lines.
    pub(crate) fn integrity(&self, max: u32) -> Result<Vec<String>> {
        let mut found = Vec::new();
        if matches!(self, Self::Sqlite(_)) {
            self.query(&format!("PRAGMA integrity_check({max})"), &[], &mut |row| {
                found.extend(Some(row.text(0)?).filter(|line| line != "ok"));
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(found)
    }

    /// A copy of the database into a new file, while it is in use.
    pub(crate) fn backup(&self, to: &str) -> Result<()> {
        match self {
            Self::Sqlite(conn) => {
                // The copy is written by the connection that reads.
                conn.execute_batch("PRAGMA query_only = OFF")?;
                conn.execute("VACUUM INTO ?1", [to])?;
                Ok(())
            }
            Self::Postgres(_) => Err(StoreError::OnlySqlite("a backup to a file")),
        }
    }
}
