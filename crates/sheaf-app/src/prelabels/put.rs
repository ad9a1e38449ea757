//! Bringing pre-labels in: rows of any number, in parts of a transaction each. A row that is wrong is told and left out, the
//! others are written; the same rows sent again change nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::json;
use sheaf_model::prelabel::{SOURCES_MAX, source_problem};
use sheaf_model::response::Canvas;
use sheaf_model::{Ordinal, Problem, ProjectId, Taxonomy};
use sheaf_store::Tx;
use sheaf_store::library::AssetRow;
use sheaf_store::prelabels::PrelabelRow;

use super::row::{Row, read};
use crate::batches::act::need_taxonomy;
use crate::queue::valid::{on_canvas, taxonomy};
use crate::rows::assets::Assets;
use crate::rows::row::at;
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
        let (rows, refused, counted) = self
            .app
            .store()
            .read(move |tx| {
                let version = Access::manager(tx, &actor, project)?.project.taxonomy_version;
                let (rows, refused) = Checking { app: &app, tx, actor: &actor, project, version, assumed }
                    .part(&part, source.as_deref())?;
                let counted = if dry_run { Some(counts(tx, project, &rows)?.0) } else { None };
                Ok::<_, Error>((rows, refused, counted))
            })
            .await?;
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
        self.app
            .store()
            .write_in(project, move |tx| {
                Access::manager(tx, &actor, project)?;
                let (counted, changed) = counts(tx, project, &rows)?;
                let known = tx.prelabel_sources(project)?;
                let new = counted.keys().filter(|source| !known.iter().any(|it| it.source == **source));
                if known.len() + new.count() > SOURCES_MAX {
                    let message = format!("a project has pre-labels of at most {SOURCES_MAX} sources");
                    return Err(Error::conflict("too_many_sources", message)
                        .hint("delete those of a source that is not needed any more"));
                }
                tx.put_prelabels(project, &changed)?;
                for (source, counts) in counted.iter().filter(|(_, it)| it.added + it.replaced > 0) {
                    tx.count_prelabels(project, source, counts.added as i64, now)?;
                }
                Ok(counted)
            })
            .await
    }
}

/// What rows of one source change.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    added: u64,
    replaced: u64,
    unchanged: u64,
}

/// What these rows change, one after the other, by source; and those that are to be written.
fn counts(
    tx: &Tx<'_>,
    project: ProjectId,
    rows: &[PrelabelRow],
) -> Result<(BTreeMap<String, Counts>, Vec<PrelabelRow>)> {
    let key = |row: &PrelabelRow| (row.source.clone(), row.ordinal);
    let keys: Vec<_> = rows.iter().map(|row| (row.source.as_str(), row.ordinal)).collect();
    let mut known: HashMap<(String, Ordinal), PrelabelRow> =
        tx.prelabels(project, &keys)?.into_iter().map(|row| (key(&row), row)).collect();
    let (mut counted, mut changed) = (BTreeMap::<String, Counts>::new(), BTreeMap::new());
    for row in rows {
        let counts = counted.entry(row.source.clone()).or_default();
        let same = |old: &PrelabelRow| {
            old.score == row.score
                && old.response == row.response
                && old.taxonomy_version == row.taxonomy_version
        };
        match known.get(&key(row)) {
            Some(old) if same(old) => counts.unchanged += 1,
            Some(_) => counts.replaced += 1,
            None => counts.added += 1,
        }
        if !known.get(&key(row)).is_some_and(same) {
            known.insert(key(row), row.clone());
            changed.insert(key(row), row.clone());
        }
    }
    Ok((counted, changed.into_values().collect()))
}

/// Rows are held against the library and the taxonomy.
struct Checking<'a> {
    app: &'a App,
    tx: &'a Tx<'a>,
    actor: &'a Actor,
    project: ProjectId,
    /// Of the taxonomy in force.
    version: i64,
    /// Instead of that one.
    assumed: Option<Arc<Taxonomy>>,
}

impl Checking<'_> {
    fn part(&self, part: &[(u64, String)], source: Option<&str>) -> Result<(Vec<PrelabelRow>, Refused)> {
        let (mut found, mut refused) = (Vec::new(), Refused::new());
        let mut assets = Assets::new(self.tx, self.project);
        for (n, text) in part {
            match read(text, source) {
                Err(problems) => refused.push((*n, problems)),
                Ok(row) => match assets.ordinal(&row.asset)? {
                    Err(problem) => refused.push((*n, vec![problem])),
                    Ok(ordinal) => found.push((*n, ordinal, row)),
                },
            }
        }
        let ordinals: Vec<_> = found.iter().map(|(_, ordinal, _)| *ordinal).collect();
        let assets = self.tx.assets(self.project, &ordinals)?;
        let assets: HashMap<_, _> = assets.iter().map(|asset| (asset.ordinal, asset)).collect();
        let mut rows = Vec::with_capacity(found.len());
        for (n, ordinal, row) in found {
            let Some(asset) = assets.get(&ordinal) else { continue };
            let problems = self.problems(asset, &row)?;
            if !problems.is_empty() {
                refused.push((n, problems));
                continue;
            }
            let response =
                serde_json::to_string(&row.response).map_err(|error| Error::internal(error.to_string()))?;
            rows.push(PrelabelRow {
                ordinal,
                source: row.source,
                score: row.score,
                taxonomy_version: self.version,
                response,
                created: self.app.now(),
                created_by: self.actor.user,
            });
        }
        Ok((rows, refused))
    }

    fn problems(&self, asset: &AssetRow, row: &Row) -> Result<Vec<Problem>> {
        if let Some(version) = row.taxonomy_version.filter(|version| *version != self.version) {
            let message = format!(
                "is {version}, and the taxonomy in force is version {}; hold the row against that one, or leave the version out",
                self.version
            );
            return Ok(vec![Problem::new("taxonomy_version", message)]);
        }
        let taxonomy = match &self.assumed {
            Some(taxonomy) => taxonomy.clone(),
            None => taxonomy(self.app, self.tx, self.project, self.version)?,
        };
        let misfits = |canvas: Canvas<'_>| row.response.misfits(&taxonomy, canvas);
        let found = on_canvas(self.tx, self.project, asset, &row.response, misfits)?;
        Ok(found.into_iter().map(|it| Problem { path: at("response", &it.path), ..it }).collect())
    }
}
