//! Statements that write and are sent together: the jobs of a group run the same ones, each for its own rows, and a server is
//! told of all of them at once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

use crate::driver::OwnedArg;
use crate::error::Result;
use crate::sql::{Arg, Tx, written};

/// Sets of arguments that wait to be sent.
const TOUCHED_MAX: usize = 1024;

#[derive(Default)]
pub(crate) struct Gathered(RefCell<Waiting>);

#[derive(Default)]
struct Waiting {
    statements: Vec<Statement>,
    /// What they touch, hashed. Two that hash to the same are sent apart, which is always right.
    touched: HashSet<u64>,
}

struct Statement {
    sql: String,
    sets: Vec<Vec<OwnedArg>>,
    /// It changes one row for each set.
    one: bool,
}

impl Gathered {
    /// What was gathered is not to be written after all.
    pub(crate) fn clear(&self) {
        self.0.take();
    }
}

impl Tx<'_> {
    /// [`Tx::exec_later`], sent with others of its kind. `touches`: all rows of its table that it reads or writes are told from
    /// those of other statements by this; it must not bear on any other table that is written to.
    pub(crate) fn gather(&self, sql: &str, touches: impl Hash, args: &[Arg<'_>]) -> Result<()> {
        self.note(sql, args)?;
        if !self.conn.sends_together() {
            return self.conn.execute_later(sql, args);
        }
        self.put_gathered(sql, touches, args, false)
    }

    /// [`Tx::gather`] of a statement that is to change one row; whether it did. When it is sent with others, nobody waits for it: it
    /// is taken to have done so, and when it has not, all since the savepoint is undone and each job is run again by itself,
    /// waiting.
    pub(crate) fn gather_one(&self, sql: &str, touches: impl Hash, args: &[Arg<'_>]) -> Result<bool> {
        self.note(sql, args)?;
        if self.alone.get() || !self.conn.sends_together() {
            self.send_gathered()?;
            return Ok(self.conn.execute(sql, args)? == 1);
        }
        self.put_gathered(sql, touches, args, true).map(|()| true)
    }

    fn put_gathered(&self, sql: &str, touches: impl Hash, args: &[Arg<'_>], one: bool) -> Result<()> {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let touched = hasher.hash_one((written(sql), touches));
        let known = &self.gathered.0;
        if known.borrow().touched.len() >= TOUCHED_MAX || known.borrow().touched.contains(&touched) {
            self.send_gathered()?;
        }
        let mut waiting = self.gathered.0.borrow_mut();
        waiting.touched.insert(touched);
        let set: Vec<_> = args.iter().map(OwnedArg::from).collect();
        // Each is about one project.
        let same = |known: &&mut Statement| {
            known.sql == sql && known.one == one && known.sets[0].first() == set.first()
        };
        match waiting.statements.iter_mut().find(same) {
            Some(known) => known.sets.push(set),
            None => waiting.statements.push(Statement { sql: sql.to_owned(), sets: vec![set], one }),
        }
        Ok(())
    }

    /// Sends what was gathered: before anything that may depend on it.
    pub(crate) fn send_gathered(&self) -> Result<()> {
        let waiting = self.gathered.0.take();
        for Statement { sql, sets, one } in waiting.statements {
            self.conn.execute_sets_later(&sql, sets, one)?;
        }
        Ok(())
    }
}
