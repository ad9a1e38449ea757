//! Rows that are brought in over what is in the library, of any number, in parts of a transaction each. A row that is wrong is told and
//! left out, the others are written. What is made of them is a [`Sink`]'s affair: `prelabels` and `answers` are two.

mod assets;
pub(crate) mod check;
pub(crate) mod earlier;
mod lines;
pub(crate) mod row;

use serde_json::Value;
use sheaf_model::{Problem, ProjectId};
use sheaf_store::Turn;

use crate::{Actor, App, Error, Result};
use lines::Lines;
pub use lines::{Part, Refused};

/// Problems that a report names; it counts all.
const PROBLEMS_MAX: usize = 1_000;

/// What is made of rows.
pub trait Sink: Send {
    /// What became of them.
    type Report;
    /// Takes rows, and those that cannot be read.
    fn part(&mut self, part: Part, unreadable: Refused) -> impl Future<Output = Result<()>> + Send;
    /// There are no more of them.
    fn report(self) -> impl Future<Output = Result<Self::Report>> + Send;
}

/// Rows that are being received.
pub struct Rows<S> {
    lines: Lines,
    to: S,
}

impl<S: Sink> Rows<S> {
    pub(crate) fn to(to: S) -> Self {
        Self { lines: Lines::default(), to }
    }

    /// Some of a file with a row a line.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            bytes = self.lines.take(bytes);
            self.send_if_full().await?;
        }
        Ok(())
    }

    /// One row; a blank one is none.
    pub async fn put(&mut self, row: Vec<u8>) -> Result<()> {
        self.lines.put(row);
        self.send_if_full().await
    }

    /// The rows are all there.
    pub async fn finish(mut self) -> Result<S::Report> {
        self.lines.finish();
        self.send().await?;
        self.to.report().await
    }

    async fn send_if_full(&mut self) -> Result<()> {
        if self.lines.full() { self.send().await } else { Ok(()) }
    }

    async fn send(&mut self) -> Result<()> {
        let (part, unreadable) = self.lines.part();
        self.to.part(part, unreadable).await
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Of the file, from 1; blank lines count.
    pub row: u64,
    pub path: String,
    pub message: String,
    pub hint: Option<String>,
}

impl RowProblem {
    pub(crate) fn new(row: u64, problem: Problem) -> Self {
        let hint = hint(&problem);
        Self { row, path: problem.path, message: problem.message, hint }
    }

    /// It is about how sure somebody was.
    pub(crate) fn is_of_score(&self) -> bool {
        self.path.ends_with(".confidence") || self.path.ends_with(".score")
    }
}

/// What to do about a problem, where its place and message leave that open.
fn hint(problem: &Problem) -> Option<String> {
    let path = problem.path.as_str();
    let text = if path.ends_with(".label") {
        "add the label to the taxonomy, or map the model's labels to those of the taxonomy"
    } else if path.starts_with("response.fields.") && problem.message.contains("not a field") {
        "add the field to the taxonomy, or leave it out"
    } else if problem.message.contains("outside the image") {
        "coordinates are pixels of the original image, not shares of it and not of a resized one"
    } else {
        return None;
    };
    Some(text.to_owned())
}

/// Adds what is wrong with rows to the problems that a report names, as long as there is room.
pub(crate) fn keep(problems: &mut Vec<RowProblem>, refused: Refused, told: fn(u64, Problem) -> RowProblem) {
    let left = PROBLEMS_MAX.saturating_sub(problems.len());
    let all = refused.into_iter().flat_map(|(row, found)| found.into_iter().map(move |it| told(row, it)));
    problems.extend(all.take(left));
}

/// A line of the audit log for all rows of a call.
pub(crate) async fn audit(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    action: &'static str,
    details: Value,
) -> Result<()> {
    let (actor, now) = (actor.user, app.now());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Ok::<_, Error>(tx.audit(now, Some(actor), action, &project.to_string(), &details)?)
        })
        .await
}
