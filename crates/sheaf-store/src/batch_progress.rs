//! How far the batches are: cursors and counts, which move with every claim. In a transaction of the writer they are kept
//! in memory and written once before the commit, however many claims share it.

use std::cell::RefCell;
use std::collections::HashMap;

use sheaf_model::{BatchId, Ordinal, ProjectId, TaskCounts};

use crate::ahead::Ask;
use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};
use crate::topics::Topic;
use crate::turn::Turn;

/// How far one batch is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Members below it are touched, but for the late ones.
    pub cursor: i64,
    /// Late members below it are touched. In a batch that is not in upload order: those at places before it.
    pub late_cursor: i64,
    pub counts: TaskCounts,
}

/// Where a task was in the feed that was touched for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// In upload order.
    Ordinal(Ordinal),
    /// At a place of another order.
    Place(u64),
}

/// The cursor beyond every ordinal.
const CURSOR_END: i64 = 1 << 32;

const COLUMNS: &str =
    "cursor, late_cursor, n_open, n_leased, n_submitted, n_blocked, n_review_open, n_review_leased, n_done";

/// Reads a batch's progress from the columns at `at` on.
pub(crate) fn progress(row: &Row<'_>, at: usize) -> Result<Progress> {
    Ok(Progress {
        cursor: row.int(at)?,
        late_cursor: row.int(at + 1)?,
        counts: TaskCounts {
            open: row.int(at + 2)?,
            leased: row.int(at + 3)?,
            submitted: row.int(at + 4)?,
            blocked: row.int(at + 5)?,
            review_open: row.int(at + 6)?,
            review_leased: row.int(at + 7)?,
            done: row.int(at + 8)?,
        },
    })
}

pub(crate) fn one_sql() -> String {
    format!("SELECT {COLUMNS} FROM batch_progress WHERE project_id = ?1 AND batch_id = ?2")
}

type Key = (ProjectId, BatchId);

/// What the jobs of one transaction did to batches' progress and is not written yet.
#[derive(Default)]
pub(crate) struct Book {
    /// With whether it differs from its row.
    known: RefCell<HashMap<Key, (Progress, bool)>>,
    /// What the current job found, to be put back when it fails.
    before: RefCell<HashMap<Key, Progress>>,
}

impl Book {
    /// The batches that it knows of.
    pub(crate) fn batches(&self) -> Vec<Key> {
        self.known.borrow().keys().copied().collect()
    }

    /// The next job begins.
    pub(crate) fn begin(&self) {
        self.before.borrow_mut().clear();
    }

    /// The current job is undone; its rows have been rolled back.
    pub(crate) fn undo(&self) {
        let mut known = self.known.borrow_mut();
        // What the job had written of earlier jobs' changes was rolled back with it.
        known.values_mut().for_each(|(_, changed)| *changed = true);
        for (key, old) in self.before.borrow_mut().drain() {
            known.insert(key, (old, true));
        }
    }
}

impl Tx<'_> {
    /// How far a batch is, changes of this transaction included; all zero when there is no such batch.
    pub fn progress(&self, project: ProjectId, batch: BatchId) -> Result<Progress> {
        if let Some((known, _)) = self.book.known.borrow().get(&(project, batch)) {
            return Ok(*known);
        }
        let read = self.asked(&Ask::Progress(project, batch), |row| progress(row, 0))?;
        Ok(read.first().copied().unwrap_or_default())
    }

    /// Moves a batch's counts, and its cursor past a task that was touched for the first time: the late one when the task
    /// lies below the other. (Writer only.)
    pub fn move_progress(
        &self,
        project: ProjectId,
        batch: BatchId,
        moved: TaskCounts,
        touched: Option<Touched>,
    ) -> Result<()> {
        let old = self.progress(project, batch)?;
        let mut new = old;
        new.counts += moved;
        match touched {
            None => {}
            Some(Touched::Ordinal(ordinal)) => {
                let next = i64::from(ordinal) + 1;
                if next <= old.cursor {
                    new.late_cursor = old.late_cursor.max(next);
                } else {
                    new.cursor = next;
                }
            }
            Some(Touched::Place(place)) => new.late_cursor = place as i64 + 1,
        }
        self.set_progress(project, batch, old, new)
    }

    /// The late members were written anew: none of them is touched.
    pub(crate) fn restart_late(&self, project: ProjectId, batch: BatchId) -> Result<()> {
        let old = self.progress(project, batch)?;
        self.set_progress(project, batch, old, Progress { late_cursor: 0, ..old })
    }

    /// From now on every untouched member is a late one.
    pub(crate) fn close_cursor(&self, project: ProjectId, batch: BatchId) -> Result<()> {
        let old = self.progress(project, batch)?;
        self.set_progress(project, batch, old, Progress { cursor: CURSOR_END, ..old })
    }

    fn set_progress(&self, project: ProjectId, batch: BatchId, old: Progress, new: Progress) -> Result<()> {
        self.turn.borrow().allows("batch_progress", args![project])?;
        let key = (project, batch);
        self.changed.add(Topic::Queue);
        self.wrote.set(true);
        self.book.before.borrow_mut().entry(key).or_insert(old);
        self.book.known.borrow_mut().insert(key, (new, true));
        Ok(())
    }

    /// Writes what is not written yet: before a statement reads the rows, and before the commit. What it was that moved a batch had
    /// the turn for it; whoever reads may be a later job of the transaction, with another turn.
    pub(crate) fn settle_progress(&self) -> Result<()> {
        let turn = self.turn.replace(Turn::all());
        let settled = self.write_progress();
        self.turn.replace(turn);
        settled
    }

    fn write_progress(&self) -> Result<()> {
        for ((project, batch), (progress, changed)) in self.book.known.borrow_mut().iter_mut() {
            if !std::mem::take(changed) {
                continue;
            }
            let counts = &progress.counts;
            self.gather(
                "UPDATE batch_progress SET cursor = ?3, late_cursor = ?4, n_open = ?5, n_leased = ?6, n_submitted = ?7,
                        n_blocked = ?8, n_review_open = ?9, n_review_leased = ?10, n_done = ?11
                 WHERE project_id = ?1 AND batch_id = ?2",
                (*project, *batch),
                args![
                    *project,
                    *batch,
                    progress.cursor,
                    progress.late_cursor,
                    counts.open,
                    counts.leased,
                    counts.submitted,
                    counts.blocked,
                    counts.review_open,
                    counts.review_leased,
                    counts.done,
                ],
            )?;
        }
        Ok(())
    }

    pub(crate) fn forget_progress(&self, project: ProjectId, batch: BatchId) -> Result<()> {
        self.settle_progress()?;
        self.book.known.borrow_mut().remove(&(project, batch));
        self.exec_later(
            "DELETE FROM batch_progress WHERE project_id = ?1 AND batch_id = ?2",
            args![project, batch],
        )?;
        Ok(())
    }
}
