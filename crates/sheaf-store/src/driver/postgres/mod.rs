//! PostgreSQL: one connection, driven by the thread that uses it, with its statements prepared once.
//!
//! No session of the server has to stay the same between transactions, but for the prepared statements; these are left out
//! when the server is reached through a pooler of transactions (`pooled=yes` in the address).

mod many;
mod sets;
mod settings;
mod tls;
mod turn;
mod types;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Runtime;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::Type;
use tokio_postgres::{AsyncMessage, Connection, NoTls, RowStream, SimpleQueryMessage, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(super) use settings::Settings;

use super::{Arg, Row, Visit};
use crate::error::{Result, StoreError};

/// How long the server may take to say anything, but for what takes as long as it takes, see [`Client::patiently`].
const ANSWER_MAX: Duration = Duration::from_secs(60);

/// `server_version_num` of the oldest PostgreSQL that is tested.
const VERSION_MIN: i64 = 150_000;

/// What carries the messages: with or without TLS.
trait Drive: Send {
    fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<AsyncMessage, tokio_postgres::Error>>>;
}

impl<S, T> Drive for Connection<S, T>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    T: AsyncRead + AsyncWrite + Unpin + Send,
{
    fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<AsyncMessage, tokio_postgres::Error>>> {
        Self::poll_message(self, cx)
    }
}

pub(crate) struct Client {
    /// Taken when it is dropped.
    runtime: Option<Runtime>,
    connection: RefCell<Box<dyn Drive>>,
    client: Arc<tokio_postgres::Client>,
    prepared: bool,
    statements: RefCell<HashMap<String, Statement>>,
    /// By the text for one set of arguments.
    of_sets: RefCell<HashMap<String, Statement>>,
    /// Whether the session is set up for writing.
    may_write: Cell<bool>,
    /// Whether the instance is held although the turn has it not: in the place of a project that does not exist.
    in_place: Cell<bool>,
    /// Statements that were sent, and whose answers nobody waits for yet; in their order.
    sent: RefCell<VecDeque<(Sent, Option<u64>)>>,
    /// Answers that are being read, the innermost last.
    open: RefCell<Vec<Answer>>,
    in_transaction: Cell<bool>,
    /// Whether the server may be silent for any time.
    patient: Cell<bool>,
    failed: Cell<bool>,
    broken: Cell<bool>,
}

/// What the driver says.
type Told<T> = std::result::Result<T, tokio_postgres::Error>;
type Sent = sets::Answering<u64>;

/// What was wrong with a statement that nobody waited for.
enum Spoilt {
    Failed(tokio_postgres::Error),
    /// It changed another number of rows than it was to change.
    Rows(u64),
}

/// An answer that is being read: rows that were taken in for a statement that had to go first, then those on the wire.
struct Answer {
    taken: VecDeque<tokio_postgres::Row>,
    rest: Option<Pin<Box<RowStream>>>,
}

impl Client {
    pub(in crate::driver) fn connect(settings: &Settings) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Database(format!("cannot wait for the database: {error}")))?;
        let connected =
            runtime.block_on(async { tokio::time::timeout(ANSWER_MAX, connected(settings)).await });
        let silent = |_| StoreError::Unreachable("the server does not answer".to_owned());
        let (client, connection) = connected.map_err(silent)??;
        Ok(Self {
            runtime: Some(runtime),
            connection: RefCell::new(connection),
            client: Arc::new(client),
            prepared: settings.prepared,
            statements: RefCell::default(),
            of_sets: RefCell::default(),
            may_write: Cell::new(false),
            in_place: Cell::new(false),
            sent: RefCell::default(),
            open: RefCell::default(),
            in_transaction: Cell::new(false),
            patient: Cell::new(false),
            failed: Cell::new(false),
            broken: Cell::new(false),
        })
    }

    /// Whether the server is one that Sheaf can work with.
    pub(crate) fn check_server(&self) -> Result<()> {
        let mut found = (0, String::new());
        let sql = "SELECT current_setting('server_version_num')::bigint, current_setting('server_encoding')";
        self.query(sql, &[], &mut |row| {
            found = (row.int(0)?, row.text(1)?);
            Ok(ControlFlow::Break(()))
        })?;
        let (version, encoding) = found;
        if version < VERSION_MIN {
            let text = format!("PostgreSQL {} is too old; Sheaf needs 15 or newer", version / 10_000);
            return Err(StoreError::Unsuitable(text));
        }
        if encoding != "UTF8" {
            let text =
                format!("its encoding is {encoding}; make one with `CREATE DATABASE ... ENCODING 'UTF8'`");
            return Err(StoreError::Unsuitable(text));
        }
        Ok(())
    }

    /// Waits for an answer; an error of a statement that nobody waited for goes before it.
    fn wait<T>(&self, answer: impl Future<Output = Told<T>>) -> Result<T> {
        let (spoilt, out) = self.drive(answer);
        match spoilt {
            None => out,
            Some(Spoilt::Failed(error)) => Err(self.failed_with(&error)),
            Some(Spoilt::Rows(n)) => {
                self.failed.set(true);
                Err(StoreError::Database(format!("a statement changed {n} rows, which nobody waited for")))
            }
        }
    }

    /// Undoes what was written, by this statement. What was wrong with it is of no interest any more.
    fn undo_by(&self, sql: &str) -> Result<()> {
        self.open.borrow_mut().clear();
        let (_, out) = self.drive(self.client.batch_execute(sql));
        out
    }

    /// Carries the messages on this thread until there is an answer: what was wrong with what was sent before, and the answer.
    fn drive<T>(&self, answer: impl Future<Output = Told<T>>) -> (Option<Spoilt>, Result<T>) {
        let Some(runtime) = &self.runtime else { return (None, Err(StoreError::Closed)) };
        let mut answer = pin!(answer);
        let mut connection = self.connection.borrow_mut();
        let mut sent = self.sent.borrow_mut();
        let mut spoilt = None;
        let driven = poll_fn(|cx| {
            loop {
                // Answers come in the order of the statements: first those of what was sent before.
                while let Some((first, wanted)) = sent.front_mut()
                    && let Poll::Ready(out) = first.as_mut().poll(cx)
                {
                    let wrong = match out {
                        Err(error) => Some(Spoilt::Failed(error)),
                        Ok(n) => wanted.is_some_and(|wanted| wanted != n).then_some(Spoilt::Rows(n)),
                    };
                    sent.pop_front();
                    spoilt = spoilt.take().or(wrong);
                }
                if let Poll::Ready(out) = answer.as_mut().poll(cx) {
                    return Poll::Ready(Some(out));
                }
                match connection.poll_message(cx) {
                    Poll::Pending => return Poll::Pending,
                    // A notice; or the end, which the answer may still have come before.
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(None) => return Poll::Ready(None),
                }
            }
        });
        let patient = self.patient.get();
        let out = runtime.block_on(async {
            if patient { Ok(driven.await) } else { tokio::time::timeout(ANSWER_MAX, driven).await }
        });
        let out = match out {
            Ok(Some(Ok(out))) => Ok(out),
            Ok(Some(Err(error))) => Err(self.failed_with(&error)),
            Ok(None) => Err(self.lost("the server closed the connection")),
            Err(_) => Err(self.lost("the server does not answer")),
        };
        (spoilt, out)
    }

    /// Runs what takes as long as it takes, such as a step of a migration or the wait for another node that is at it. That the
    /// server went away is seen by its connection alone.
    pub(in crate::driver) fn patiently<T>(&self, f: impl FnOnce() -> T) -> T {
        let before = self.patient.replace(true);
        let out = f();
        self.patient.set(before);
        out
    }

    fn lost(&self, why: &str) -> StoreError {
        self.broken.set(true);
        self.failed.set(true);
        StoreError::Unreachable(why.to_owned())
    }

    fn failed_with(&self, error: &tokio_postgres::Error) -> StoreError {
        self.failed.set(true);
        let text = told(error);
        let Some(code) = error.code() else {
            // An argument that does not fit its column never went out; anything else is a connection that is gone.
            return if self.client.is_closed() || error.is_closed() || is_io(error) {
                self.lost(&text)
            } else {
                StoreError::Database(text)
            };
        };
        match (code.code(), &code.code()[..2]) {
            ("53100", _) => StoreError::DiskFull,
            // Connection exceptions, the server shutting down, a turn that was held too long.
            (_, "08") | ("57P01" | "57P02" | "57P03" | "57P05" | "25P03", _) => self.lost(&text),
            (_, "23") => StoreError::Constraint(text),
            // Too many connections; a lock that was not given in time.
            (_, "53") | ("55P03", _) => StoreError::Unreachable(text),
            _ => StoreError::Database(text),
        }
    }

    /// Takes in what is left of answers that are being read: a connection carries one answer after the other.
    fn make_way(&self) -> Result<()> {
        let n = self.open.borrow().len();
        for at in 0..n {
            while let Some(row) = self.next_on_the_wire(at)? {
                self.open.borrow_mut()[at].taken.push_back(row);
            }
        }
        Ok(())
    }

    fn next_on_the_wire(&self, at: usize) -> Result<Option<tokio_postgres::Row>> {
        let Some(mut rest) = self.open.borrow_mut()[at].rest.take() else { return Ok(None) };
        let row = self.wait(rest.try_next())?;
        if row.is_some() {
            self.open.borrow_mut()[at].rest = Some(rest);
        }
        Ok(row)
    }

    fn next_row(&self, at: usize) -> Result<Option<tokio_postgres::Row>> {
        let taken = self.open.borrow_mut()[at].taken.pop_front();
        match taken {
            Some(row) => Ok(Some(row)),
            None => self.next_on_the_wire(at),
        }
    }

    fn statement(&self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let statement = self.wait(self.client.prepare(&translated(sql)))?;
        self.statements.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn start(&self, sql: &str, args: &[Arg<'_>]) -> Result<RowStream> {
        self.make_way()?;
        if self.prepared {
            let statement = self.statement(sql)?;
            return self.wait(self.client.query_raw(&statement, args.iter().copied()));
        }
        let typed = args.iter().map(|arg| (*arg, type_of(arg)));
        self.wait(self.client.query_typed_raw(&translated(sql), typed))
    }

    pub(in crate::driver) fn execute(&self, sql: &str, args: &[Arg<'_>]) -> Result<usize> {
        if self.prepared {
            self.make_way()?;
            let statement = self.statement(sql)?;
            let n = self.wait(self.client.execute_raw(&statement, args.iter().copied()))?;
            return Ok(usize::try_from(n).unwrap_or(usize::MAX));
        }
        let mut rows = Box::pin(self.start(sql, args)?);
        while self.wait(rows.try_next())?.is_some() {}
        Ok(rows.rows_affected().and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
    }

    pub(in crate::driver) fn query(&self, sql: &str, args: &[Arg<'_>], visit: Visit<'_>) -> Result<()> {
        let rows = self.start(sql, args)?;
        let at = {
            let mut open = self.open.borrow_mut();
            open.push(Answer { taken: VecDeque::new(), rest: Some(Box::pin(rows)) });
            open.len() - 1
        };
        let out = loop {
            match self.next_row(at) {
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
                Ok(Some(row)) => match visit(&Row::Postgres(&row)) {
                    Ok(ControlFlow::Continue(())) => {}
                    Ok(ControlFlow::Break(())) => break Ok(()),
                    Err(error) => break Err(error),
                },
            }
        };
        self.open.borrow_mut().truncate(at);
        out
    }

    pub(in crate::driver) fn batch(&self, sql: &str) -> Result<()> {
        self.make_way()?;
        self.wait(self.client.batch_execute(sql))
    }

    pub(in crate::driver) fn is_prepared(&self) -> bool {
        self.prepared
    }

    pub(in crate::driver) fn is_idle(&self) -> bool {
        !self.in_transaction.get() && !self.is_broken()
    }

    pub(in crate::driver) fn is_broken(&self) -> bool {
        self.broken.get() || self.client.is_closed()
    }

    pub(in crate::driver) fn has_failed(&self) -> bool {
        self.failed.get()
    }

    pub(in crate::driver) fn plan(&self, sql: &str, arguments: usize) -> Result<Vec<String>> {
        let nothing = vec!["NULL"; arguments].join(", ");
        let call = if arguments == 0 { "planned".to_owned() } else { format!("planned({nothing})") };
        // As it is run after a while, for any arguments; and with indexes although its tables may be small.
        let settings = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off;";
        self.batch(&format!("{settings} PREPARE planned AS {}", translated(sql)))?;
        let answers = self.wait(self.client.simple_query(&format!("EXPLAIN (COSTS OFF) EXECUTE {call}")))?;
        self.batch("DEALLOCATE planned")?;
        let lines = answers.iter().filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(lines.collect())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It may be a task of another runtime that drops it, which must not wait.
            runtime.shutdown_background();
        }
    }
}

/// Connects, with TLS or without, as the address asks for.
async fn connected(settings: &Settings) -> Result<(tokio_postgres::Client, Box<dyn Drive>)> {
    let Some(tls) = &settings.tls else {
        let connected = settings.config.connect(NoTls).await;
        let (client, connection) = connected.map_err(|error| StoreError::Unreachable(told(&error)))?;
        return Ok((client, Box::new(connection)));
    };
    let connector = MakeRustlsConnect::new(tls.config.clone());
    let mut connected = settings.config.connect(connector).await;
    if let Err(error) = &connected
        && tls.is_dispensable(error)
    {
        tracing::warn!(
            "no TLS with the database, which goes on without it: {}",
            tls.told(error).unwrap_or_else(|| told(error))
        );
        let connector = MakeRustlsConnect::new(tls.config.clone());
        connected = settings.config.clone().ssl_mode(SslMode::Disable).connect(connector).await;
    }
    let (client, connection) = connected
        .map_err(|error| StoreError::Unreachable(tls.told(&error).unwrap_or_else(|| told(&error))))?;
    Ok((client, Box::new(connection)))
}

/// A statement as PostgreSQL wants it: arguments are `$1`, and it chooses its indexes itself.
fn translated(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut words = sql.split(' ').peekable();
    while let Some(word) = words.next() {
        if word == "INDEXED" && words.next_if_eq(&"BY").is_some() {
            words.next();
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word.replace('?', "$"));
    }
    out
}

/// What an argument of a statement that is not prepared is said to be. Of whole numbers the server finds out, as it does when
/// it prepares a statement: some of them are 32 bits wide, or truth values.
fn type_of(arg: &Arg<'_>) -> Type {
    match arg {
        Arg::Null | Arg::Int(_) => Type::UNKNOWN,
        Arg::Real(_) => Type::FLOAT8,
        Arg::Text(_) => Type::TEXT,
        Arg::Blob(_) => Type::BYTEA,
    }
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>())
}

/// What went wrong, with its cause, in one line.
fn told(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(db), _) => {
            let detail = db.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
            format!("{}{detail} [{}]", db.message(), db.code().code())
        }
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_written_as_postgres_wants_it() {
        let sql = "SELECT 1 FROM slots s INDEXED BY slots_kept\n                     WHERE a = ?1 AND b IN (?2,?10)";
        let words: Vec<_> = translated(sql).split_ascii_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), "SELECT 1 FROM slots s WHERE a = $1 AND b IN ($2,$10)");
    }
}
