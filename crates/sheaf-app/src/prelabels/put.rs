//! Bringing pre-labels in: rows of any number, in parts of a transaction each. A row that is wrong is told and left out, the
//! others are written; the same rows sent again change nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::json;
use sheaf_model::prelabel::{SOURCES_MAX, source_problem};
use sheaf_model::{Ordinal, Problem, ProjectId, Response, Taxonomy};
use sheaf_store::prelabels::PrelabelRow;
use sheaf_store::{Turn, Tx};

use super::row::read;
use crate::batches::act::need_taxonomy;
use crate::rows::check::Checking;
use crate::rows::earlier::{Earlier, fingerprint};
use crate::rows::{Part, Refused, RowProblem, Rows, Sink, audit, keep};
use crate::{Access, Actor, App, Error, Result};

/// What became of the rows. `rows = added + replaced + unchanged + refused`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub rows: u64,
    pub added: u64,
    /// Took the place of another of the same source.
    pub replaced: u64,
    /// Were there already.
    pub unchanged: u64,
    pub refused: u64,
    /// Of the rows that were refused; the first 1,000.
    pub problems: Vec<RowProblem>,
    /// Whose they are, those that were there already among them.
    pub sources: Vec<String>,
}

/// A problem with what to do about it.
fn told(row: u64, problem: Problem) -> RowProblem {
    let mut told = RowProblem::new(row, problem);
    if told.hint.is_none() && told.is_of_score() {
        told.hint = Some("a pre-label has one score: write it beside `response`".to_owned());
    }
    told
}

/// Where rows go that are being received.
pub struct Put {
    app: App,
    actor: Actor,
    project: ProjectId,
    /// Of rows that name none.
    source: Option<String>,
    dry_run: bool,
    /// Of a dry run: what would be in force then.
    assumed: Option<Arc<Taxonomy>>,
    /// Of a dry run.
    earlier: Earlier,
    /// How many were written of each.
    sources: BTreeMap<String, u64>,
    report: Report,
}

impl Put {
    /// For managers. With `dry_run` nothing is written, and the report says what would be.
    pub async fn begin(
        app: &App,
        actor: &Actor,
        project: ProjectId,
        source: Option<String>,
        dry_run: bool,
    ) -> Result<Rows<Self>> {
        let who = actor.clone();
        app.store()
            .read(move |tx| {
                Access::manager(tx, &who, project)?;
                need_taxonomy(tx, project)
            })
            .await?;
        if let Some(problem) = source.as_deref().and_then(source_problem) {
            return Err(Error::problems("invalid", vec![problem]));
        }
        Ok(Rows::to(Self::new(app, actor, project, source, dry_run)))
    }

    /// A dry run in a project that has no taxonomy, as if this one were in force.
    pub(crate) fn assuming(app: &App, actor: &Actor, project: ProjectId, taxonomy: Taxonomy) -> Rows<Self> {
        let assumed = Some(Arc::new(taxonomy));
        Rows::to(Self { assumed, ..Self::new(app, actor, project, None, true) })
    }

    fn new(app: &App, actor: &Actor, project: ProjectId, source: Option<String>, dry_run: bool) -> Self {
        Self {
            app: app.clone(),
            actor: actor.clone(),
            project,
            source,
            dry_run,
            assumed: None,
            earlier: Earlier::default(),
            sources: BTreeMap::new(),
            report: Report::default(),
        }
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
        let (app, actor, project, source) =
            (self.app.clone(), self.actor.clone(), self.project, self.source.clone());
        let (dry_run, assumed) = (self.dry_run, self.assumed.clone());
        let (sources, mut earlier) = (self.sources.clone(), std::mem::take(&mut self.earlier));
        let (rows, refused, counted, earlier) = self
            .app
            .store()
            .read(move |tx| {
                let version = Access::manager(tx, &actor, project)?.project.taxonomy_version;
                let look = Response::misfits;
                let checking = Checking { app: &app, tx, project, version, assumed, look };
                let (rows, refused) = checking.part(&part, |text| read(text, source.as_deref()))?;
                let (now, by) = (app.now(), actor.user);
                let rows = rows
                    .into_iter()
                    .map(|(_, ordinal, row)| row.stored(ordinal, version, now, by))
                    .collect::<Result<Vec<_>>>()?;
                if !dry_run {
                    return Ok((rows, refused, None, earlier));
                }
                let (counted, changed) = counts(tx, project, &earlier, &rows)?;
                need_room(tx, project, sources.keys().chain(counted.keys()))?;
                for row in changed {
                    earlier.note(row.ordinal, fingerprint(&row.source), said(&row));
                }
                Ok::<_, Error>((Vec::new(), refused, Some(counted), earlier))
            })
            .await?;
        self.earlier = earlier;
        self.refuse(refused);
        let counted = match counted {
            Some(counted) => counted,
            None => self.store(rows).await?,
        };
        for (source, counts) in counted {
            *self.sources.entry(source).or_default() += counts.added + counts.replaced;
            self.report.added += counts.added;
            self.report.replaced += counts.replaced;
            self.report.unchanged += counts.unchanged;
        }
        Ok(())
    }

    async fn report(mut self) -> Result<Report> {
        let Report { added, replaced, unchanged, refused, .. } = self.report;
        self.report.rows = added + replaced + unchanged + refused;
        self.report.problems.sort_by_key(|problem| problem.row);
        self.report.sources = self.sources.keys().cloned().collect();
        if !self.dry_run && added + replaced > 0 {
            let details =
                json!({ "sources": self.sources, "added": added, "replaced": replaced, "refused": refused });
            audit(&self.app, &self.actor, self.project, "prelabels.put", details).await?;
        }
        Ok(self.report)
    }
}

impl Put {
    fn refuse(&mut self, refused: Refused) {
        self.report.refused += refused.len() as u64;
        keep(&mut self.report.problems, refused, told);
    }

    async fn store(&self, rows: Vec<PrelabelRow>) -> Result<BTreeMap<String, Counts>> {
        if rows.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (actor, project, now) = (self.actor.clone(), self.project, self.app.now());
        // The first that is written is a line of the instance's audit log: the call may break off before its end.
        let first = self.report.added + self.report.replaced == 0;
        let turn = if first { Turn::audited(project) } else { Turn::from(project) };
        self.app
            .store()
            .write_in(turn, move |tx| {
                Access::manager(tx, &actor, project)?;
                let (counted, changed) = counts(tx, project, &Earlier::default(), &rows)?;
                need_room(tx, project, counted.keys())?;
                if first && !changed.is_empty() {
                    let details = json!({ "sources": counted.keys().collect::<Vec<_>>() });
                    tx.audit(now, Some(actor.user), "prelabels.begin", &project.to_string(), &details)?;
                }
                tx.put_prelabels(project, &changed)?;
                for (source, counts) in counted.iter().filter(|(_, it)| it.added + it.replaced > 0) {
                    tx.count_prelabels(project, source, counts.added as i64, now)?;
                }
                Ok::<_, Error>(counted)
            })
            .await
    }
}

/// An error when a project had pre-labels of too many sources with these.
fn need_room<'a>(tx: &Tx<'_>, project: ProjectId, sources: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut all: BTreeSet<String> = tx.prelabel_sources(project)?.into_iter().map(|it| it.source).collect();
    all.extend(sources.cloned());
    if all.len() <= SOURCES_MAX {
        return Ok(());
    }
    let message = format!("a project has pre-labels of at most {SOURCES_MAX} sources");
    Err(Error::conflict("too_many_sources", message).hint(
        "delete those of a source that is not needed any more, and send the rows again: what was written before changes nothing",
    ))
}

/// A fingerprint of what a source says.
fn said(row: &PrelabelRow) -> u64 {
    fingerprint((row.score.map(f64::to_bits), row.taxonomy_version, &row.response))
}

/// What rows of one source change.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    added: u64,
    replaced: u64,
    unchanged: u64,
}

/// What these rows change, one after the other, by source; and those that are to be written. `earlier`: rows of the same call that
/// were not written.
fn counts(
    tx: &Tx<'_>,
    project: ProjectId,
    earlier: &Earlier,
    rows: &[PrelabelRow],
) -> Result<(BTreeMap<String, Counts>, Vec<PrelabelRow>)> {
    let key = |row: &PrelabelRow| (row.source.clone(), row.ordinal);
    let keys: Vec<_> = rows.iter().map(|row| (row.source.as_str(), row.ordinal)).collect();
    let mut known: HashMap<(String, Ordinal), PrelabelRow> =
        tx.prelabels(project, &keys)?.into_iter().map(|row| (key(&row), row)).collect();
    known.retain(|(source, ordinal), _| earlier.said(*ordinal, fingerprint(source)).is_none());
    let (mut counted, mut changed) = (BTreeMap::<String, Counts>::new(), BTreeMap::new());
    for row in rows {
        let counts = counted.entry(row.source.clone()).or_default();
        let same = |old: &PrelabelRow| {
            old.score == row.score
                && old.response == row.response
                && old.taxonomy_version == row.taxonomy_version
        };
        let before = match known.get(&key(row)) {
            Some(old) => Some(same(old)),
            None => earlier.said(row.ordinal, fingerprint(&row.source)).map(|it| it == said(row)),
        };
        match before {
            Some(true) => counts.unchanged += 1,
            Some(false) => counts.replaced += 1,
            None => counts.added += 1,
        }
        if before != Some(true) {
            known.insert(key(row), row.clone());
            changed.insert(key(row), row.clone());
        }
    }
    Ok((counted, changed.into_values().collect()))
}
