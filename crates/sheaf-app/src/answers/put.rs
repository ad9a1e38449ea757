//! Bringing answers in: rows of any number, in parts of a transaction each. A row that is wrong is told and left out, the others
//! are written; the same rows sent again change nothing.

use serde_json::json;
use sheaf_model::{BatchId, Problem, ProjectId, Response};
use sheaf_store::Turn;

use super::row::read;
use super::write::{Checked, batch_of, sorted, write};
use crate::batches::act::need_taxonomy;
use crate::batches::create::checked_name;
use crate::rows::check::Checking;
use crate::rows::earlier::Earlier;
use crate::rows::{Part, Refused, RowProblem, Rows, Sink, audit, keep};
use crate::{Access, Actor, App, Error, Result};

/// What became of the rows. `rows = added + unchanged + refused`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub rows: u64,
    pub added: u64,
    /// Were there already.
    pub unchanged: u64,
    pub refused: u64,
    /// Of the rows that were refused; the first 1,000.
    pub problems: Vec<RowProblem>,
    /// The batch that they are in; none while nothing is in it.
    pub batch: Option<BatchId>,
}

/// Where rows go that are being received.
pub struct Put {
    app: App,
    actor: Actor,
    project: ProjectId,
    batch: String,
    dry_run: bool,
    /// The revision of the batch that this call made.
    revision: Option<i64>,
    /// Of a dry run.
    earlier: Earlier,
    report: Report,
}

impl Put {
    /// For managers. `batch` is the name of a new batch, or of one that earlier calls made. With `dry_run` nothing is written, and
    /// the report says what would be.
    pub async fn begin(
        app: &App,
        actor: &Actor,
        project: ProjectId,
        batch: &str,
        dry_run: bool,
    ) -> Result<Rows<Self>> {
        let (who, name) = (actor.clone(), batch.to_owned());
        let (batch, there) = app
            .store()
            .read(move |tx| {
                Access::manager(tx, &who, project)?;
                need_taxonomy(tx, project)?;
                let name = checked_name(&name)?;
                let there = batch_of(tx, project, &name)?;
                Ok::<_, Error>((name, there))
            })
            .await?;
        Ok(Rows::to(Self {
            app: app.clone(),
            actor: actor.clone(),
            project,
            batch,
            dry_run,
            revision: None,
            earlier: Earlier::default(),
            report: Report { batch: there.map(|batch| batch.id), ..Report::default() },
        }))
    }
}

impl Sink for Put {
    type Report = Report;

    /// Checks what has come, and writes what is right.
    async fn part(&mut self, part: Part, unreadable: Refused) -> Result<()> {
        self.refuse(unreadable);
        if part.is_empty() {
            return Ok(());
        }
        let (app, actor, project) = (self.app.clone(), self.actor.clone(), self.project);
        let (name, dry_run) = (self.batch.clone(), self.dry_run);
        let mut earlier = std::mem::take(&mut self.earlier);
        let (rows, refused, looked, earlier) = self
            .app
            .store()
            .read(move |tx| {
                let version = Access::manager(tx, &actor, project)?.project.taxonomy_version;
                // An answer is whole: what is required has to be there.
                let look = Response::problems;
                let checking = Checking { app: &app, tx, project, version, assumed: None, look };
                let (rows, refused) = checking.part(&part, |text| read(text, app.now()))?;
                let rows = rows
                    .into_iter()
                    .map(|(n, ordinal, row)| Checked::new(project, n, ordinal, row, version))
                    .collect::<Result<_>>()?;
                if !dry_run {
                    return Ok((rows, refused, None, earlier));
                }
                let batch = batch_of(tx, project, &name)?;
                let looked = sorted(tx, project, batch.as_ref(), &earlier, rows)?;
                looked.note(&mut earlier);
                Ok::<_, Error>((Vec::new(), refused, Some(looked), earlier))
            })
            .await?;
        self.earlier = earlier;
        self.refuse(refused);
        if let Some(looked) = looked {
            self.report.added += looked.added();
            self.report.unchanged += looked.unchanged;
            self.refuse(looked.refused);
        } else if !rows.is_empty() {
            self.store(rows).await?;
        }
        Ok(())
    }

    async fn report(mut self) -> Result<Report> {
        let Report { added, unchanged, refused, .. } = self.report;
        self.report.rows = added + unchanged + refused;
        self.report.problems.sort_by_key(|problem| problem.row);
        if let Some(batch) = self.report.batch.filter(|_| !self.dry_run && added > 0) {
            let details =
                json!({ "batch": batch.to_string(), "name": self.batch, "added": added, "refused": refused });
            audit(&self.app, &self.actor, self.project, "answers.put", details).await?;
        }
        Ok(self.report)
    }
}

impl Put {
    fn refuse(&mut self, refused: Refused) {
        self.report.refused += refused.len() as u64;
        keep(&mut self.report.problems, refused, told);
    }

    async fn store(&mut self, rows: Vec<Checked>) -> Result<()> {
        let (app, actor, project) = (self.app.clone(), self.actor.clone(), self.project);
        let (name, revision) = (self.batch.clone(), self.revision);
        // The first that is written is a line of the instance's audit log: the call may break off before its end.
        let first = self.report.added == 0;
        let turn = if first { Turn::audited(project) } else { Turn::from(project) };
        let written = self
            .app
            .store()
            .write_in(turn, move |tx| {
                let written = write(&app, tx, &actor, project, &name, revision, rows)?;
                if first && written.added > 0 {
                    let (object, details) = (project.to_string(), json!({ "name": name }));
                    tx.audit(app.now(), Some(actor.user), "answers.begin", &object, &details)?;
                }
                Ok::<_, Error>(written)
            })
            .await?;
        self.revision = written.revision;
        self.report.batch = written.batch;
        self.report.added += written.added;
        self.report.unchanged += written.unchanged;
        self.refuse(written.refused);
        Ok(())
    }
}

/// A problem with what to do about it.
fn told(row: u64, problem: Problem) -> RowProblem {
    let mut told = RowProblem::new(row, problem);
    if told.is_of_score() {
        told.hint = Some("an answer has no score; leave it out".to_owned());
    } else if told.path.starts_with("response.") && told.message == "is required" {
        told.hint = Some("an answer is whole; what is not can come in as a pre-label".to_owned());
    }
    told
}
