//! One statement for several sets of arguments: they travel as arrays, one an argument, so that the server is sent, plans
//! and answers one statement however many sets there are.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use tokio_postgres::Statement;
use tokio_postgres::types::Type;

use super::many::SENT_MAX;
use super::{Client, Told, translated};
use crate::driver::arg::OwnedArg;
use crate::driver::row::KeptRow;
use crate::driver::{Answers, Asked};
use crate::error::{Result, StoreError};

/// Rows by question.
pub(super) type Rows = Vec<Vec<tokio_postgres::Row>>;
pub(super) type Answering<T> = Pin<Box<dyn Future<Output = Told<T>> + Send>>;

impl Client {
    /// The answers to these statements, in one trip. None through a pooler: nothing is asked for ahead there.
    pub(in crate::driver) fn ask(&self, asked: &[Asked]) -> Result<Option<Answers>> {
        if !self.prepared || asked.is_empty() {
            return Ok(None);
        }
        let rows = self.put_questions(asked)?;
        Ok(Some(answers(self.wait(rows)?)?))
    }

    /// Puts the questions on the wire.
    pub(super) fn put_questions(&self, asked: &[Asked]) -> Result<Answering<Rows>> {
        self.make_way()?;
        let mut questions = Vec::with_capacity(asked.len());
        for asked in asked {
            let statement = self.statement_of_sets(&asked.sql)?;
            questions.push((self.client.clone(), statement, columns(asked.sets.clone())));
        }
        let rows = questions.into_iter().map(|(client, statement, columns)| async move {
            client.query_raw(&statement, columns).await?.try_collect::<Vec<_>>().await
        });
        self.put(Box::pin(try_join_all(rows)))
    }

    /// Puts a request in line behind what was sent before; nothing is waited for.
    pub(super) fn put<T>(&self, mut answer: Answering<T>) -> Result<Answering<T>>
    where
        T: Send + 'static,
    {
        match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => Ok(answer),
            Poll::Ready(Ok(out)) => Ok(Box::pin(std::future::ready(Ok(out)))),
            Poll::Ready(Err(error)) => Err(self.failed_with(&error)),
        }
    }

    /// Sends a statement that writes for several sets of arguments. `one`: it is to change one row for each.
    pub(in crate::driver) fn execute_sets_later(
        &self,
        sql: &str,
        sets: Vec<Vec<OwnedArg>>,
        one: bool,
    ) -> Result<()> {
        if !self.prepared || sets.len() == 1 || self.sent.borrow().len() >= SENT_MAX {
            for set in &sets {
                let args: Vec<_> = set.iter().map(OwnedArg::as_arg).collect();
                self.execute_later(sql, &args, one.then_some(1))?;
            }
            return Ok(());
        }
        self.make_way()?;
        let statement = self.statement_of_sets(sql)?;
        let (client, wanted) = (self.client.clone(), one.then_some(sets.len() as u64));
        let answer =
            self.put(Box::pin(async move { client.execute_raw(&statement, columns(sets)).await }))?;
        self.sent.borrow_mut().push_back((answer, wanted));
        Ok(())
    }

    pub(super) fn statement_of_sets(&self, sql: &str) -> Result<Statement> {
        if let Some(known) = self.of_sets.borrow().get(sql) {
            return Ok(known.clone());
        }
        let types = self.statement(sql)?.params().to_vec();
        let wrong = || StoreError::Database(format!("cannot be run for several sets of arguments: `{sql}`"));
        let text = of_sets(sql, &types).ok_or_else(wrong)?;
        let statement = self.wait(self.client.prepare(&text))?;
        self.of_sets.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// Rows with the set that each answers, which is their last column.
pub(super) fn answers(rows: Rows) -> Result<Answers> {
    let number = |row: &tokio_postgres::Row| -> Result<usize> {
        let i: Told<i64> = row.try_get(row.len() - 1);
        let i = i.map_err(|error| StoreError::Database(format!("the number of a set: {error}")))?;
        Ok(usize::try_from(i - 1).unwrap_or(usize::MAX))
    };
    let of_one = |rows: Vec<_>| rows.into_iter().map(|row| Ok((number(&row)?, KeptRow(row)))).collect();
    rows.into_iter().map(of_one).collect()
}

/// Sets of arguments as one array an argument.
fn columns(sets: Vec<Vec<OwnedArg>>) -> Vec<Vec<OwnedArg>> {
    let mut out: Vec<Vec<OwnedArg>> = Vec::new();
    for set in sets {
        out.resize_with(set.len(), Vec::new);
        out.iter_mut().zip(set).for_each(|(column, arg)| column.push(arg));
    }
    out
}

/// The text of a statement for arrays of arguments of these types. A question's answers end with the number of their set, from
/// 1. None for a text that is not of a simple form.
fn of_sets(sql: &str, types: &[Type]) -> Option<String> {
    let text = translated(sql).replace('$', "v.a");
    let text = text.trim();
    let n = types.len();
    let arrays: Vec<_> = types.iter().zip(1..).map(|(ty, n)| format!("${n}::{}[]", ty.name())).collect();
    let names: Vec<_> = (1..=n).map(|n| format!("a{n}")).collect();
    let sets = format!("unnest({}) WITH ORDINALITY AS v({}, i)", arrays.join(", "), names.join(", "));
    Some(match text.split_ascii_whitespace().next()? {
        "SELECT" => format!("SELECT q.*, v.i FROM {sets}, LATERAL ({text}) q"),
        "INSERT" => {
            let (head, rest) = text.split_at(outermost(text, "VALUES")?);
            let list = rest.get("VALUES".len()..)?.trim_start().strip_prefix('(')?;
            let (values, rest) = list.split_at(closing(list)?);
            let rest = rest.get(1..)?;
            if rest.contains("v.a") {
                return None;
            }
            format!("{head} SELECT {values} FROM {sets} {rest}")
        }
        "UPDATE" => {
            let (head, rest) = text.split_at(outermost(text, "WHERE")?);
            format!("{head} FROM {sets} {rest}")
        }
        "DELETE" => {
            let (head, rest) = text.split_at(outermost(text, "WHERE")?);
            format!("{head} USING {sets} {rest}")
        }
        _ => return None,
    })
}

/// Where a word stands that is in no parentheses.
fn outermost(text: &str, word: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, char) in text.char_indices() {
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && text[at..].starts_with(word) && text[..at].ends_with(char::is_whitespace) => {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

/// Where the parenthesis is closed that was opened before this text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, char) in text.char_indices() {
        match char {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(sql: &str, types: &[Type], wanted: &str) {
        assert_eq!(of_sets(sql, types).unwrap(), wanted);
    }

    #[test]
    fn statements_for_sets() {
        let sets = "unnest($1::int8[], $2::text[]) WITH ORDINALITY AS v(a1, a2, i)";
        let two = [Type::INT8, Type::TEXT];
        is(
            "SELECT a FROM t INDEXED BY x WHERE b = ?1 AND c = ?2 ORDER BY a",
            &two,
            &format!(
                "SELECT q.*, v.i FROM {sets}, LATERAL (SELECT a FROM t WHERE b = v.a1 AND c = v.a2 ORDER BY a) q"
            ),
        );
        is(
            "INSERT INTO t (a, b) VALUES (?1, (SELECT max(b) FROM t WHERE a = ?1 AND c = ?2)) ON CONFLICT DO NOTHING",
            &two,
            &format!(
                "INSERT INTO t (a, b)  SELECT v.a1, (SELECT max(b) FROM t WHERE a = v.a1 AND c = v.a2) FROM {sets}  ON CONFLICT DO NOTHING"
            ),
        );
        is(
            "UPDATE t SET a = (SELECT 1 WHERE ?1 = 1) WHERE b = ?2",
            &two,
            &format!("UPDATE t SET a = (SELECT 1 WHERE v.a1 = 1)  FROM {sets} WHERE b = v.a2"),
        );
        is(
            "DELETE FROM t WHERE a = ?1 AND b = ?2",
            &two,
            &format!("DELETE FROM t  USING {sets} WHERE a = v.a1 AND b = v.a2"),
        );
    }

    #[test]
    fn what_cannot_be_said_for_sets_is_not() {
        let one = [Type::INT8];
        assert!(
            of_sets("INSERT INTO t (a) VALUES (?1) ON CONFLICT (a) DO UPDATE SET b = ?1", &one).is_none()
        );
        assert!(of_sets("UPDATE t SET a = ?1", &one).is_none());
        assert!(of_sets("VACUUM", &[]).is_none());
    }

    #[test]
    fn sets_become_columns() {
        let set = |a: i64, b: &str| vec![OwnedArg::Int(a), OwnedArg::Text(b.to_owned())];
        let columns = columns(vec![set(1, "x"), set(2, "y")]);
        assert_eq!(format!("{columns:?}"), r#"[[Int(1), Int(2)], [Text("x"), Text("y")]]"#);
    }
}
