//! Transactions: snapshots to read, and turns to write.

use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::Client;
use super::sets::{Answering, answers};
use crate::driver::{Answers, Asked};
use crate::error::{Result, StoreError};
use crate::topics::{INSTANCE, Numbers, Seen, Topic, Topics};
use crate::turn::Turn;

/// A node that stands still in its turn loses it after this time; one that waits longer for its turn gives up. Of a node that is cut off
/// without its server being told, each session that waits has its turn and stands still in it, one after the other: so it is short.
const TURN: [&str; 2] = ["idle_in_transaction_session_timeout = 3000", "lock_timeout = 30000"];
/// What is written is found by keys. A plan is made once, whatever the tables' sizes were when it was made.
const BY_KEYS: [&str; 5] = [
    "plan_cache_mode = force_generic_plan",
    "enable_seqscan = off",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "jit = off",
];

/// Its lock is the turn to write to what belongs to no project.
const LOCK_INSTANCE: &str = "SELECT FROM cluster WHERE id = 1 FOR UPDATE";

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
        self.batch(&format!("BEGIN; {PATIENT} SET LOCAL lock_timeout = 30000; {LOCK_INSTANCE}"))?;
        self.lock_projects()
    }

    /// Once the instance is held: no node is in the middle of a write to a project. (Of an older schema there are no turns.)
    pub(in crate::driver) fn lock_projects(&self) -> Result<()> {
        let asked = self.put_text("SELECT 1 WHERE to_regclass('turns') IS NOT NULL".to_owned())?;
        if rows(&self.wait(asked)?).next().is_none() {
            return Ok(());
        }
        self.batch("SELECT FROM turns ORDER BY project_id FOR UPDATE")
    }

    /// Waits for a turn; what others say that they have changed, and the answers to what is asked in the same trip, once the turn
    /// has come; none through a pooler. A project that does not exist has no turn; who wants it has the instance's.
    pub(in crate::driver) fn begin_write(
        &self,
        turn: &Turn,
        asked: &[Asked],
    ) -> Result<(Seen, Option<Answers>)> {
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
        let mut made = false;
        self.in_place.set(false);
        loop {
            self.begin();
            let mut text = format!("BEGIN; {local}");
            if turn.has_instance() || self.in_place.get() {
                text += &format!("{LOCK_INSTANCE};");
            }
            let all;
            let projects = match turn.of() {
                Some(projects) => projects,
                None => {
                    // None is added while the instance is held.
                    let rows =
                        self.wait(self.put_text(text + "SELECT project_id FROM turns ORDER BY project_id")?)?;
                    text = String::new();
                    all = locked(&rows);
                    &all
                }
            };
            // One by one, in their order: whoever waits for one holds none of those after it.
            for id in projects {
                text += &format!("SELECT project_id FROM turns WHERE project_id = {id} FOR UPDATE;");
            }
            let begun = self.put_text(text + &numbers_of(Some(projects)))?;
            let answering = self.put_questions(asked)?;
            let (begun, answered) = self.wait(async { Ok((begun.await?, answering.await?)) })?;
            let (found, seen) = numbers(&begun)?;
            let known = crate::migrate::known();
            if found != known {
                return Err(StoreError::SchemaTooNew { found, known });
            }
            let there = locked(&begun);
            if there != projects && !made {
                self.make_turns(projects.iter().filter(|id| !there.contains(id)))?;
                made = true;
                continue;
            }
            if there != projects && !turn.has_instance() && !self.in_place.get() {
                // A project is not there, and must not come while it is looked for: only who holds the instance makes one, or its
                // row.
                self.rollback()?;
                self.in_place.set(true);
                continue;
            }
            let answers = if asked.is_empty() { None } else { Some(answers(answered)?) };
            return Ok((seen, answers));
        }
    }

    /// Instead of the transaction that is open: makes the rows of projects that nobody has written to yet. Who holds the instance
    /// holds all projects, so they are made by its leave. A project that does not exist gets none: anybody may ask for one.
    fn make_turns<'a>(&self, projects: impl Iterator<Item = &'a i64>) -> Result<()> {
        let ids: Vec<_> = projects.map(i64::to_string).collect();
        self.batch(&format!(
            "ROLLBACK; BEGIN; {LOCK_INSTANCE};
             INSERT INTO turns (project_id) SELECT project_id FROM projects WHERE project_id IN ({})
             ON CONFLICT DO NOTHING; COMMIT",
            ids.join(", ")
        ))
    }

    /// The number of the schema, and those of the instance and of all projects.
    pub(in crate::driver) fn numbers(&self) -> Result<(i64, Seen)> {
        self.make_way()?;
        let answer = self.put_text(numbers_of(None))?;
        numbers(&self.wait(answer)?)
    }

    fn put_text(&self, sql: String) -> Result<Answering<Vec<SimpleQueryMessage>>> {
        let client = self.client.clone();
        self.put(Box::pin(async move { client.simple_query(&sql).await }))
    }

    fn begin(&self) {
        self.in_transaction.set(true);
        self.failed.set(false);
    }

    pub(in crate::driver) fn commit(&self, turn: &Turn, changed: &Topics) -> Result<()> {
        let moved: Vec<_> = changed.iter().map(Topic::column).map(|it| format!("{it} = {it} + 1")).collect();
        let moved = moved.join(", ");
        let of_instance = || format!("UPDATE cluster SET {moved} WHERE id = 1; ");
        let tell: String = match turn.moved() {
            _ if moved.is_empty() => String::new(),
            [INSTANCE] => of_instance(),
            ids => {
                let of_projects =
                    ids.iter().map(|id| format!("UPDATE turns SET {moved} WHERE project_id = {id}; "));
                // Of a project that was not there nobody has a number to look at.
                of_projects.chain(self.in_place.get().then(of_instance)).collect()
            }
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

/// The texts that read numbers: of the instance with the number of the schema, and of some projects or all.
fn numbers_of(projects: Option<&[i64]>) -> String {
    let columns = Topic::ALL.map(Topic::column).join(", ");
    let instance = format!("SELECT {INSTANCE}, {columns}, schema FROM cluster WHERE id = 1");
    let turns = format!("SELECT project_id, {columns}, 0 FROM turns");
    match projects {
        None => format!("{instance}; {turns}"),
        Some([]) => instance,
        Some(ids) => {
            let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
            format!("{instance}; {turns} WHERE project_id IN ({})", ids.join(", "))
        }
    }
}

fn rows(answers: &[SimpleQueryMessage]) -> impl Iterator<Item = &SimpleQueryRow> {
    answers.iter().filter_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    })
}

fn number(row: &SimpleQueryRow, at: usize) -> Option<i64> {
    row.get(at).and_then(|text| text.parse().ok())
}

/// The projects of the answers that are nothing but one.
fn locked(answers: &[SimpleQueryMessage]) -> Vec<i64> {
    rows(answers).filter(|row| row.len() == 1).filter_map(|row| number(row, 0)).collect()
}

/// The answers to [`numbers_of`]: the number of the schema, and the others.
fn numbers(answers: &[SimpleQueryMessage]) -> Result<(i64, Seen)> {
    let missing = || StoreError::inconsistent("cluster", 1, "is not there");
    let (mut schema, mut seen) = (None, Vec::new());
    for row in rows(answers).filter(|row| row.len() > 1) {
        let mut numbers = Numbers::default();
        for (at, out) in numbers.iter_mut().enumerate() {
            *out = number(row, at + 1).ok_or_else(missing)?;
        }
        let id = number(row, 0).ok_or_else(missing)?;
        if id == INSTANCE {
            schema = number(row, Topic::ALL.len() + 1);
        }
        seen.push((id, numbers));
    }
    Ok((schema.ok_or_else(missing)?, seen))
}
