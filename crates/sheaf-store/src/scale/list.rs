//! Pages of a project's tasks, newest first, by keyset.

use sheaf_model::{BatchId, Millis, ProjectId};

use super::tasks::{COLUMNS, task};
use super::{Status, TaskRow};
use crate::args;
use crate::error::Result;
use crate::sql::{Arg, Row, Tx};

/// Tasks that are looked up by when they were completed or changed, and put into their order then. Of more than these a page is
/// found sooner by walking all tasks from the newest on.
const FEW: u32 = 10_000;

/// Which tasks are listed. Ranges are from, and before.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub batch: Option<BatchId>,
    pub kind: Option<String>,
    pub status: Option<Status>,
    pub reviews: Vec<String>,
    pub unique_id: Option<String>,
    /// All of them.
    pub tags: Vec<String>,
    pub created: (Option<Millis>, Option<Millis>),
    pub completed: (Option<Millis>, Option<Millis>),
    pub updated: (Option<Millis>, Option<Millis>),
}

/// Where a page begins: tasks of numbers below, then so many are stepped over.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub below: u32,
    pub skip: u32,
    pub limit: u32,
}

impl Filter {
    /// Whether the counts of batches say how many there are.
    pub fn is_counted(&self) -> bool {
        self.kind.is_none()
            && self.reviews.is_empty()
            && self.unique_id.is_none()
            && self.tags.is_empty()
            && [self.created, self.completed, self.updated].iter().all(|range| *range == (None, None))
    }

    /// Conditions of SQL but the time of creation, and their arguments after `first`. The project is the first argument.
    fn conditions<'a>(&'a self, first: usize) -> (String, Vec<Arg<'a>>) {
        let (mut sql, mut args) = (String::new(), Vec::new());
        let mut add = |condition: &str, arg: Arg<'a>| {
            args.push(arg);
            sql.push_str(" AND ");
            sql.push_str(&condition.replace('#', &format!("?{}", first + args.len())));
        };
        if let Some(batch) = self.batch {
            add("t.batch_id = #", batch.into());
        }
        if let Some(kind) = &self.kind {
            add("t.type = #", kind.into());
        }
        if let Some(status) = self.status {
            add("t.status = #", status.as_str().into());
        }
        if let Some(unique_id) = &self.unique_id {
            add("t.unique_id = #", unique_id.into());
        }
        for tag in &self.tags {
            let of = "SELECT g.number FROM scale_task_tags g WHERE g.project_id = ?1 AND g.tag = #";
            add(&format!("t.number IN ({of})"), tag.into());
        }
        for (name, (from, before)) in self.ranges() {
            if let Some(from) = from {
                add(&format!("t.{name}_ms >= #"), from.into());
            }
            if let Some(before) = before {
                add(&format!("t.{name}_ms < #"), before.into());
            }
        }
        if !self.reviews.is_empty() {
            let mut any = Vec::new();
            for review in &self.reviews {
                args.push(Arg::from(review));
                any.push(format!("t.review = ?{}", first + args.len()));
            }
            sql.push_str(&format!(" AND ({})", any.join(" OR ")));
        }
        (sql, args)
    }

    /// The ranges of time that have an index of their own.
    fn ranges(&self) -> [(&'static str, Range); 2] {
        [("completed", self.completed), ("updated", self.updated)]
    }

    /// The range of time by which tasks are looked up.
    fn range(&self) -> Option<(&'static str, Range)> {
        self.ranges().into_iter().find(|(_, range)| *range != (None, None))
    }
}

/// From, and before.
type Range = (Option<Millis>, Option<Millis>);

fn place(row: &Row<'_>) -> Result<(Millis, u32)> {
    Ok((row.int(0)?, row.u32(1)?))
}

/// Names an index in a statement. Unnamed, SQLite walks all tasks of the project in their order.
fn indexed_by(name: &str) -> String {
    format!("INDEXED BY scale_tasks_{name}")
}

impl Tx<'_> {
    /// A page of a project's tasks, newest first.
    pub fn client_tasks(&self, project: ProjectId, filter: &Filter, page: Page) -> Result<Vec<TaskRow>> {
        self.page_of_tasks(project, filter, page, COLUMNS, task)
    }

    /// The same page as no more than its place among the tasks of several projects: when each was made, and its number.
    pub fn client_task_places(
        &self,
        project: ProjectId,
        filter: &Filter,
        page: Page,
    ) -> Result<Vec<(Millis, u32)>> {
        self.page_of_tasks(project, filter, page, "t.created_ms, t.number", place)
    }

    fn page_of_tasks<T>(
        &self,
        project: ProjectId,
        filter: &Filter,
        page: Page,
        columns: &str,
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let (from, before) = self.numbers(project, filter)?;
        let index = match filter.range() {
            Some((name, range)) if self.are_few(project, name, range)? => indexed_by(name),
            _ => String::new(),
        };
        let (conditions, more) = filter.conditions(5);
        let below = page.below.min(before);
        let mut args = vec![project.into(), below.into(), page.limit.into(), page.skip.into(), from.into()];
        args.extend(more);
        let sql = format!(
            "SELECT {columns} FROM scale_tasks t {index}
             WHERE t.project_id = ?1 AND t.number < ?2 AND t.number >= ?5{conditions}
             ORDER BY t.number DESC LIMIT ?3 OFFSET ?4"
        );
        self.all(&sql, &args, read)
    }

    /// Whether at most so many tasks of a project are within a range of time.
    fn are_few(&self, project: ProjectId, name: &str, (from, before): Range) -> Result<bool> {
        let sql = format!(
            "SELECT 1 FROM scale_tasks {} WHERE project_id = ?1 AND {name}_ms >= ?2 AND {name}_ms < ?3
             LIMIT 1 OFFSET ?4",
            indexed_by(name)
        );
        let (from, before) = (from.unwrap_or(Millis::MIN), before.unwrap_or(Millis::MAX));
        Ok(self.one(&sql, args![project, from, before, FEW], |_| Ok(()))?.is_none())
    }

    /// Tasks of a project by their numbers, in the order of these.
    pub fn client_tasks_at(&self, project: ProjectId, numbers: &[u32]) -> Result<Vec<TaskRow>> {
        let sql = format!("SELECT {COLUMNS} FROM scale_tasks t WHERE t.project_id = ?1 AND t.number = ?2");
        let keys: Vec<_> = numbers.iter().map(|number| args![project, *number].to_vec()).collect();
        self.many(&sql, &keys, task)
    }

    /// How many of a project's tasks there are.
    pub fn count_client_tasks(&self, project: ProjectId, filter: &Filter) -> Result<i64> {
        if filter.is_counted() {
            let of = |counts: super::Counts| filter.status.map_or(counts.all(), |status| counts.of(status));
            let batches = match filter.batch {
                Some(batch) => self.client_batch(project, batch)?.into_iter().collect(),
                None => self.client_batches(project)?,
            };
            return Ok(batches.into_iter().map(|batch| of(batch.counts)).sum());
        }
        let (from, before) = self.numbers(project, filter)?;
        let index = filter.range().map_or_else(String::new, |(name, _)| indexed_by(name));
        let (conditions, more) = filter.conditions(3);
        let mut args = vec![project.into(), from.into(), before.into()];
        args.extend(more);
        let sql = format!(
            "SELECT count(*) FROM scale_tasks t {index}
             WHERE t.project_id = ?1 AND t.number >= ?2 AND t.number < ?3{conditions}"
        );
        self.int(&sql, &args)
    }

    /// The numbers of the tasks that were made in the filter's time: from, and before. They grow with the time.
    fn numbers(&self, project: ProjectId, filter: &Filter) -> Result<(u32, u32)> {
        let at =
            |time: Option<Millis>, none| time.map_or(Ok(none), |time| self.client_number_at(project, time));
        Ok((at(filter.created.0, 0)?, at(filter.created.1, u32::MAX)?))
    }

    /// The first number of a project's tasks that were made at a time or later; the next one that there will be when none
    /// was.
    pub fn client_number_at(&self, project: ProjectId, at: Millis) -> Result<u32> {
        let found = self.one(
            "SELECT number FROM scale_tasks WHERE project_id = ?1 AND created_ms >= ?2 ORDER BY created_ms, number LIMIT 1",
            &[project.into(), at.into()],
            |row| row.u32(0),
        )?;
        Ok(found.unwrap_or(u32::MAX))
    }
}
