//! One statement for several sets of arguments: they travel as arrays, one an argument, so that the server is sent, plans
//! and answers one statement however many sets there are. The first argument is the same in all of them, and travels alone: it
//! is the project, by which tables may be distributed.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use tokio_postgres::Statement;
use tokio_postgres::types::{ToSql, Type};

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

type Param = Box<dyn ToSql + Sync + Send>;

/// Sets of arguments as the first one, which they share, and an array for each of the others.
fn columns(sets: Vec<Vec<OwnedArg>>) -> Vec<Param> {
    let (mut first, mut rest): (Option<Param>, Vec<Vec<OwnedArg>>) = (None, Vec::new());
    for set in sets {
        let mut args = set.into_iter();
        if let Some(arg) = args.next() {
            first.get_or_insert_with(|| Box::new(arg));
        }
        rest.resize_with(args.len(), Vec::new);
        rest.iter_mut().zip(args).for_each(|(column, arg)| column.push(arg));
    }
    first.into_iter().chain(rest.into_iter().map(|column| -> Param { Box::new(column) })).collect()
}

/// The text of a statement for sets of arguments of these types. A question's answers end with the number of their set, from
/// 1. None for a text that is not of a simple form.
fn of_sets(sql: &str, types: &[Type]) -> Option<String> {
    let (first, rest) = types.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let text = with_sets(&translated(sql), &format!("$1::{}", first.name()));
    let text = text.trim();
    let arrays: Vec<_> = rest.iter().zip(2..).map(|(ty, n)| format!("${n}::{}[]", ty.name())).collect();
    let names: Vec<_> = (2..=types.len()).map(|n| format!("a{n}")).collect();
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

/// A statement with `first` for its first argument, and the columns of the sets for the others.
fn with_sets(text: &str, first: &str) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match &part[..digits] {
            "1" => out.push_str(first),
            n => out.push_str(&format!("v.a{n}")),
        }
        out.push_str(&part[digits..]);
    }
    out
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
        let sets = "unnest($2::text[], $3::int8[]) WITH ORDINALITY AS v(a2, a3, i)";
        let three = [Type::INT8, Type::TEXT, Type::INT8];
        is(
            "SELECT a FROM t INDEXED BY x WHERE b = ?1 AND c = ?2 ORDER BY ?3",
            &three,
            &format!(
                "SELECT q.*, v.i FROM {sets}, LATERAL (SELECT a FROM t WHERE b = $1::int8 AND c = v.a2 ORDER BY v.a3) q"
            ),
        );
        is(
            "INSERT INTO t (a, b) VALUES (?1, (SELECT max(?3) FROM t WHERE a = ?1 AND c = ?2)) ON CONFLICT DO NOTHING",
            &three,
            &format!(
                "INSERT INTO t (a, b)  SELECT $1::int8, (SELECT max(v.a3) FROM t WHERE a = $1::int8 AND c = v.a2) FROM {sets}  ON CONFLICT DO NOTHING"
            ),
        );
        is(
            "UPDATE t SET a = (SELECT ?3 WHERE ?1 = 1) WHERE b = ?2",
            &three,
            &format!("UPDATE t SET a = (SELECT v.a3 WHERE $1::int8 = 1)  FROM {sets} WHERE b = v.a2"),
        );
        is(
            "DELETE FROM t WHERE a = ?1 AND b = ?2 AND c = ?3",
            &three,
            &format!("DELETE FROM t  USING {sets} WHERE a = $1::int8 AND b = v.a2 AND c = v.a3"),
        );
        assert_eq!(with_sets("a = $1 AND b = $10 AND c = $2", "p"), "a = p AND b = v.a10 AND c = v.a2");
    }

    #[test]
    fn what_cannot_be_said_for_sets_is_not() {
        let two = [Type::INT8, Type::INT8];
        assert!(
            of_sets("INSERT INTO t (a) VALUES (?1) ON CONFLICT (a) DO UPDATE SET b = ?2", &two).is_none()
        );
        assert!(of_sets("UPDATE t SET a = ?1, b = ?2", &two).is_none());
        assert!(of_sets("SELECT ?1", &two[..1]).is_none() && of_sets("VACUUM", &[]).is_none());
    }

    #[test]
    fn sets_become_columns() {
        let set = |a: i64, b: &str| vec![OwnedArg::Int(7), OwnedArg::Int(a), OwnedArg::Text(b.to_owned())];
        let columns = columns(vec![set(1, "x"), set(2, "y")]);
        assert_eq!(format!("{columns:?}"), r#"[Int(7), [Int(1), Int(2)], [Text("x"), Text("y")]]"#);
    }
}
