//! Much in few trips: statements that nobody waits for, one statement with several sets of arguments, rows by `COPY`.

use std::ops::ControlFlow;
use std::pin::pin;

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::Client;
use crate::driver::arg::OwnedArg;
use crate::driver::{Arg, Asked, Row, insert_statement};
use crate::error::Result;

/// Rows that one statement adds; its arguments are at most 65,535.
const ROWS_MAX: usize = 200;
/// Statements that may be under way at once.
pub(super) const SENT_MAX: usize = 128;
/// Sets of arguments that are asked about at once; bounds how many rows are kept.
const SETS_MAX: usize = 1024;

impl Client {
    /// Sends a statement whose answer is of no interest but for the number of rows that it was to change. What goes wrong with it is told by whatever is waited for next.
    pub(in crate::driver) fn execute_later(
        &self,
        sql: &str,
        args: &[Arg<'_>],
        wanted: Option<u64>,
    ) -> Result<()> {
        if !self.prepared || self.sent.borrow().len() >= SENT_MAX {
            let n = self.execute(sql, args)? as u64;
            if wanted.is_some_and(|wanted| wanted != n) {
                self.failed.set(true);
            }
            return Ok(());
        }
        self.make_way()?;
        let (client, statement) = (self.client.clone(), self.statement(sql)?);
        let args: Vec<_> = args.iter().map(OwnedArg::from).collect();
        let answer = self.put(Box::pin(async move { client.execute_raw(&statement, args).await }))?;
        self.sent.borrow_mut().push_back((answer, wanted));
        Ok(())
    }

    /// Waits for the answers to all that was sent, if there is any.
    pub(in crate::driver) fn hear(&self) -> Result<()> {
        if self.sent.borrow().is_empty() { Ok(()) } else { self.batch("") }
    }

    /// Sends a text without arguments whose answer is of no interest.
    pub(in crate::driver) fn batch_later(&self, sql: &'static str) -> Result<()> {
        self.make_way()?;
        let client = self.client.clone();
        let answer = self.put(Box::pin(async move { client.batch_execute(sql).await.map(|()| 0) }))?;
        self.sent.borrow_mut().push_back((answer, None));
        Ok(())
    }

    /// The rows of one statement with several sets of arguments, the first of which is the same in all, in their order.
    pub(in crate::driver) fn query_many(
        &self,
        sql: &str,
        args: &[Vec<Arg<'_>>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        if !self.prepared {
            return args.iter().try_for_each(|args| {
                self.query(sql, args, &mut |row| visit(row).map(ControlFlow::Continue))
            });
        }
        for some in args.chunks(SETS_MAX) {
            let sets = some.iter().map(|args| args.iter().map(OwnedArg::from).collect()).collect();
            let asked = Asked { sql: sql.to_owned(), sets };
            let mut rows = self.ask(&[asked])?.into_iter().flatten().flatten().collect::<Vec<_>>();
            rows.sort_by_key(|(set, _)| *set);
            rows.iter().try_for_each(|(_, row)| visit(&row.row()))?;
        }
        Ok(())
    }

    /// Adds rows to a table, faster than statements can (`COPY`).
    pub(in crate::driver) fn insert(
        &self,
        table: &str,
        columns: &str,
        rows: &mut dyn Iterator<Item = Vec<Arg<'_>>>,
    ) -> Result<()> {
        if !self.prepared {
            // A copy prepares statements by names, which another node may use on the same connection of the pooler.
            let mut rows = rows.peekable();
            while rows.peek().is_some() {
                let some: Vec<Arg<'_>> = rows.by_ref().take(ROWS_MAX).flatten().collect();
                let n = some.len() / columns.split(',').count();
                self.execute(&insert_statement(table, columns, n), &some)?;
            }
            return Ok(());
        }
        self.make_way()?;
        let as_read =
            self.wait(self.client.prepare(&format!("SELECT {columns} FROM {table} WHERE false")))?;
        let types: Vec<Type> = as_read.columns().iter().map(|column| column.type_().clone()).collect();
        self.wait(async {
            let sql = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
            let mut writer = pin!(BinaryCopyInWriter::new(self.client.copy_in(&sql).await?, &types));
            for row in rows {
                let row: Vec<&(dyn ToSql + Sync)> =
                    row.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
                writer.as_mut().write(&row).await?;
            }
            writer.finish().await
        })?;
        Ok(())
    }
}
