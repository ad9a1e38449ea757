//! Transactions: snapshots to read, and turns to write.

use tokio_postgres::SimpleQueryMessage;

use super::Client;
use crate::error::{Result, StoreError};
use crate::topics::{Numbers, Topic, Topics};

/// A node that stands still in its turn loses it after this time; one that waits longer for its turn gives up.
const TURN: &str = "SET LOCAL idle_in_transaction_session_timeout = 5000; SET LOCAL lock_timeout = 30000;";

/// Of what reads or writes a whole instance: it takes as long as it takes, whatever the server says of others.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;";

impl Client {
    pub(in crate::driver) fn begin_read(&self) -> Result<()> {
        self.begin();
        self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
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

    pub(in crate::driver) fn begin_write(&self) -> Result<Numbers> {
        self.begin();
        self.cluster(&format!("BEGIN; {TURN}"), " FOR UPDATE")
    }

    pub(in crate::driver) fn numbers(&self) -> Result<Numbers> {
        self.cluster("", "")
    }

    /// The row that nodes share, in one trip with what goes before it.
    fn cluster(&self, before: &str, lock: &str) -> Result<Numbers> {
        self.make_way()?;
        let columns = Topic::ALL.map(Topic::column).join(", ");
        let sql = format!("{before} SELECT {columns}, schema FROM cluster WHERE id = 1{lock}");
        let answers = self.wait(self.client.simple_query(&sql))?;
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
