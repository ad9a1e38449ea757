//! Transactions: snapshots to read, and turns to write.

use tokio_postgres::SimpleQueryMessage;

use super::Client;
use super::sets::{Answering, answers};
use crate::driver::{Answers, Asked};
use crate::error::{Result, StoreError};
use crate::topics::{Numbers, Topic, Topics};

/// A node that stands still in its turn loses it after this time; one that waits longer for its turn gives up.
const TURN: [&str; 2] = ["idle_in_transaction_session_timeout = 5000", "lock_timeout = 30000"];
/// What is written is found by keys. A plan is made once, whatever the tables' sizes were when it was made.
const BY_KEYS: [&str; 5] = [
    "plan_cache_mode = force_generic_plan",
    "enable_seqscan = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "jit = off",
];

/// Of what reads or writes a whole instance: it takes as long as it takes, whatever the server says of others.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;";

impl Client {
    pub(in crate::driver) fn begin_read(&self) -> Result<()> {
        self.begin();
        // Its snapshot is taken by the first statement, which waits for it.
        self.batch_later("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// A snapshot that is read whole, table after table, in the order of their keys: never by reading all of a table before its
    /// first row.
    pub(in crate::driver) fn begin_export(&self) -> Result<()> {
        self.begin_read()?;
        self.batch(&format!(
            "{PATIENT} SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        ))
    }

    /// A transaction that writes a whole instance, which takes as long as it takes; no node writes meanwhile.
    pub(in crate::driver) fn begin_import(&self) -> Result<()> {
        self.begin();
        self.batch(&format!(
            "BEGIN; {PATIENT} SET LOCAL lock_timeout = 30000; SELECT FROM cluster WHERE id = 1 FOR UPDATE"
        ))
    }

    /// The answers are those to what is asked in the same trip, once the turn has come; none through a pooler.
    pub(in crate::driver) fn begin_write(&self, asked: &[Asked]) -> Result<(Numbers, Option<Answers>)> {
        self.make_way()?;
        // A pooler gives the session to another node after each transaction.
        let local: String = if self.prepared {
            if !self.may_write.replace(true) {
                let session = TURN.iter().chain(&BY_KEYS).map(|it| format!("SET {it};"));
                self.batch(&session.collect::<String>())?;
            }
            String::new()
        } else {
            TURN.iter().map(|it| format!("SET LOCAL {it};")).collect()
        };
        let asked = if self.prepared { asked } else { &[] };
        for asked in asked {
            self.statement_of_sets(&asked.sql)?;
        }
        self.begin();
        let begun = self.put_cluster(format!("BEGIN; {local}{}", cluster(" FOR UPDATE")))?;
        let rows = self.put_questions(asked)?;
        let (begun, rows) = self.wait(async { Ok((begun.await?, rows.await?)) })?;
        let answers = if asked.is_empty() { None } else { Some(answers(rows)?) };
        Ok((numbers(&begun)?, answers))
    }

    pub(in crate::driver) fn numbers(&self) -> Result<Numbers> {
        self.make_way()?;
        let answer = self.put_cluster(cluster(""))?;
        numbers(&self.wait(answer)?)
    }

    fn put_cluster(&self, sql: String) -> Result<Answering<Vec<SimpleQueryMessage>>> {
        let client = self.client.clone();
        self.put(Box::pin(async move { client.simple_query(&sql).await }))
    }

    fn begin(&self) {
        self.in_transaction.set(true);
        self.failed.set(false);
    }

    pub(in crate::driver) fn commit(&self, changed: &Topics) -> Result<()> {
        let moved: Vec<_> = changed.iter().map(Topic::column).map(|it| format!("{it} = {it} + 1")).collect();
        let tell = match moved.as_slice() {
            [] => String::new(),
            moved => format!("UPDATE cluster SET {} WHERE id = 1; ", moved.join(", ")),
        };
        self.batch(&format!("{tell}COMMIT"))?;
        self.in_transaction.set(false);
        Ok(())
    }

    pub(in crate::driver) fn rollback(&self) -> Result<()> {
        self.undo_by("ROLLBACK")?;
        self.in_transaction.set(false);
        Ok(())
    }

    pub(in crate::driver) fn undo(&self) -> Result<()> {
        self.undo_by("ROLLBACK TO SAVEPOINT jobs")?;
        self.failed.set(false);
        Ok(())
    }
}

/// The row that nodes share.
fn cluster(lock: &str) -> String {
    let columns = Topic::ALL.map(Topic::column).join(", ");
    format!("SELECT {columns}, schema FROM cluster WHERE id = 1{lock}")
}

fn numbers(answers: &[SimpleQueryMessage]) -> Result<Numbers> {
    let row = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let number = |at: usize| row.and_then(|row| row.get(at)).and_then(|text| text.parse::<i64>().ok());
    let missing = || StoreError::inconsistent("cluster", 1, "is not there");
    let (found, known) = (number(Topic::ALL.len()).ok_or_else(missing)?, crate::migrate::known());
    if found != known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    let mut numbers = Numbers::default();
    for (at, out) in numbers.iter_mut().enumerate() {
        *out = number(at).ok_or_else(missing)?;
    }
    Ok(numbers)
}
