//! Who handed in how much in which hour: the source of pace and of who does what. The writer gathers what the jobs of one
//! transaction add, and writes it once before the commit, with the progress of the batches.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use sheaf_model::slot::HOLD_MAX_MS;
use sheaf_model::{BatchId, Millis, ProjectId, UserId};

use crate::args;
use crate::error::Result;
use crate::sql::{Row, Tx};

pub const HOUR_MS: Millis = 60 * 60 * 1000;

/// What one person handed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Answers; a change of one does not count.
    pub labels: i64,
    /// Those of these answers that were sent back since, by a review or a reopening.
    pub sent_back: i64,
    /// Those of these answers that say how long they took.
    pub timed: i64,
    /// How long those took in all.
    pub label_ms: Millis,
    /// Verdicts.
    pub reviews: i64,
    /// Those of the verdicts that sent something back.
    pub rejections: i64,
}

impl Work {
    /// One answer, and how long it took. No answer takes longer than a hold can last.
    pub fn label(seconds: Option<f64>) -> Self {
        let ms = seconds.map(|seconds| ((seconds * 1000.0).round() as Millis).clamp(0, HOLD_MAX_MS));
        Self { labels: 1, timed: i64::from(ms.is_some()), label_ms: ms.unwrap_or(0), ..Self::default() }
    }
    /// One answer that was counted before is sent back.
    pub fn sent_back() -> Self {
        Self { sent_back: 1, ..Self::default() }
    }
    /// One verdict.
    pub fn review(rejected: bool) -> Self {
        Self { reviews: 1, rejections: i64::from(rejected), ..Self::default() }
    }
    /// Mean time of an answer, seconds.
    pub fn mean_seconds(&self) -> Option<f64> {
        (self.timed > 0).then(|| self.label_ms as f64 / self.timed as f64 / 1000.0)
    }
}

impl std::ops::AddAssign for Work {
    fn add_assign(&mut self, other: Self) {
        self.labels += other.labels;
        self.sent_back += other.sent_back;
        self.timed += other.timed;
        self.label_ms += other.label_ms;
        self.reviews += other.reviews;
        self.rejections += other.rejections;
    }
}

/// The hour that a time is in.
pub fn hour(at: Millis) -> i64 {
    at.div_euclid(HOUR_MS)
}

/// Batch, hour, person.
type Key = (ProjectId, BatchId, i64, UserId);

/// What the jobs of one transaction add and is not written yet.
#[derive(Default)]
pub(crate) struct Hours {
    kept: RefCell<HashMap<Key, Work>>,
    /// Of the current job, which may still fail.
    job: RefCell<Vec<(Key, Work)>>,
}

impl Hours {
    /// The next job begins, or there is none: what the last one did is kept.
    pub(crate) fn begin(&self) {
        let mut kept = self.kept.borrow_mut();
        for (key, work) in self.job.borrow_mut().drain(..) {
            *kept.entry(key).or_default() += work;
        }
    }

    /// The current job is undone.
    pub(crate) fn undo(&self) {
        self.job.borrow_mut().clear();
    }
}

const COLUMNS: &str = "n_labels, n_sent_back, n_timed, label_ms, n_reviews, n_rejections";
const SUMS: &str =
    "sum(n_labels), sum(n_sent_back), sum(n_timed), sum(label_ms), sum(n_reviews), sum(n_rejections)";

fn work(row: &Row<'_>, at: usize) -> Result<Work> {
    Ok(Work {
        labels: row.int(at)?,
        sent_back: row.int(at + 1)?,
        timed: row.int(at + 2)?,
        label_ms: row.int(at + 3)?,
        reviews: row.int(at + 4)?,
        rejections: row.int(at + 5)?,
    })
}

impl Tx<'_> {
    /// Counts what a person handed in at a time. (Writer only; it is read again after the commit.)
    pub fn add_work(&self, project: ProjectId, batch: BatchId, person: UserId, at: Millis, work: Work) {
        self.wrote.set(true);
        self.hours.job.borrow_mut().push(((project, batch, hour(at), person), work));
    }

    /// Writes what the jobs added: before the commit.
    pub(crate) fn settle_hours(&self) -> Result<()> {
        self.hours.begin();
        for ((project, batch, hour, person), work) in self.hours.kept.borrow_mut().drain() {
            self.gather(
                "INSERT INTO batch_hours (project_id, batch_id, hour, person, n_labels, n_sent_back, n_timed, label_ms,
                                          n_reviews, n_rejections)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (project_id, batch_id, hour, person)
                 DO UPDATE SET n_labels = batch_hours.n_labels + excluded.n_labels, n_sent_back = batch_hours.n_sent_back + excluded.n_sent_back,
                               n_timed = batch_hours.n_timed + excluded.n_timed, label_ms = batch_hours.label_ms + excluded.label_ms,
                               n_reviews = batch_hours.n_reviews + excluded.n_reviews,
                               n_rejections = batch_hours.n_rejections + excluded.n_rejections",
                (project, batch, hour, person),
                args![
                    project,
                    batch,
                    hour,
                    person,
                    work.labels,
                    work.sent_back,
                    work.timed,
                    work.label_ms,
                    work.reviews,
                    work.rejections,
                ],
            )?;
        }
        Ok(())
    }

    /// What each person handed in to a batch, from an hour on.
    pub fn batch_work(
        &self,
        project: ProjectId,
        batch: BatchId,
        from: i64,
    ) -> Result<BTreeMap<UserId, Work>> {
        let rows = self.all(
            &format!(
                "SELECT person, {SUMS} FROM batch_hours WHERE project_id = ?1 AND batch_id = ?2 AND hour >= ?3
                 GROUP BY person"
            ),
            args![project, batch, from],
            |row| Ok((UserId(row.int(0)?), work(row, 1)?)),
        )?;
        Ok(rows.into_iter().collect())
    }

    /// What was handed in to a batch by the hour, from an hour on, oldest first.
    pub fn batch_hours(&self, project: ProjectId, batch: BatchId, from: i64) -> Result<Vec<(i64, Work)>> {
        self.all(
            &format!(
                "SELECT hour, {SUMS} FROM batch_hours WHERE project_id = ?1 AND batch_id = ?2 AND hour >= ?3
                 GROUP BY hour ORDER BY hour"
            ),
            args![project, batch, from],
            |row| Ok((row.int(0)?, work(row, 1)?)),
        )
    }

    /// Every count of a batch by hour and person, as it is stored.
    pub fn stored_hours(&self, project: ProjectId, batch: BatchId) -> Result<Vec<((i64, UserId), Work)>> {
        self.all(
            &format!(
                "SELECT hour, person, {COLUMNS} FROM batch_hours WHERE project_id = ?1 AND batch_id = ?2
                 ORDER BY hour, person"
            ),
            args![project, batch],
            |row| Ok(((row.int(0)?, UserId(row.int(1)?)), work(row, 2)?)),
        )
    }
}
