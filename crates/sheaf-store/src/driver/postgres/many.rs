//! Much in few trips: statements that nobody waits for, one statement with several sets of arguments, rows by `COPY`.

use std::pin::pin;
use std::task::{Context, Poll};

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::{Client, Sent};
use crate::driver::arg::OwnedArg;
use crate::driver::{Arg, Row, insert_statement};
use crate::error::Result;

/// Statements that may be under way at once.
const SENT_MAX: usize = 128;

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
        let mut answer: Sent = Box::pin(async move { client.execute_raw(&statement, args).await });
        // Nothing is waited for: this puts it in line behind what was sent before.
        let mut put = Context::from_waker(std::task::Waker::noop());
        if let Poll::Ready(Err(error)) = answer.as_mut().poll(&mut put) {
            return Err(self.failed_with(&error));
        }
        self.sent.borrow_mut().push_back((answer, wanted));
        Ok(())
    }

    /// The answers to one statement with several sets of arguments, which are sent at once.
    pub(in crate::driver) fn query_many(
        &self,
        sql: &str,
        args: &[Vec<Arg<'_>>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        for some in args.chunks(SENT_MAX) {
            self.make_way()?;
            let answers = if self.prepared {
                let statement = self.statement(sql)?;
                let asked = some.iter().map(async |args| {
                    let rows = self.client.query_raw(&statement, args.iter().copied()).await?;
                    rows.try_collect::<Vec<_>>().await
                });
                self.wait(try_join_all(asked))?
            } else {
                let mut answers = Vec::new();
                for args in some {
                    let rows = Box::pin(self.start(sql, args)?);
                    answers.push(self.wait(rows.try_collect::<Vec<_>>())?);
                }
                answers
            };
            for row in answers.iter().flatten() {
                visit(&Row::Postgres(row))?;
            }
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
            let sql = insert_statement(table, columns);
            for row in rows {
                self.execute(&sql, &row)?;
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
