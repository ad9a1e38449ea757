//! Tasks that begin with something: it becomes the pre-label of their asset, which their batch shows from then on. What of it has no
//! place in the taxonomy, or lies outside of the asset, is left out; the task keeps all of it among its parameters.

use roaring::RoaringBitmap;
use serde_json::json;
use sheaf_model::{Ordinal, Response, Taxonomy};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::prelabels::PrelabelRow;

use super::batches;
use super::hypothesis::{Begin, SOURCES};
use crate::queue::answers::read;
use crate::queue::valid::on_canvas;
use crate::{App, Error, Result};

/// What a group of tasks begins with, while they become members of their batch.
pub(super) struct Begins<'a> {
    app: &'a App,
    tx: &'a Tx<'a>,
    batch: &'a BatchRow,
    /// There when one of the group begins with something.
    under: Option<Under>,
    /// Whether any asset of the project has a pre-label that a client brought; looked up when it is asked for.
    any: Option<bool>,
    /// What other batches have, of clients or with this source; looked up when it is asked for.
    elsewhere: Option<RoaringBitmap>,
}

/// The source under which the tasks of a batch have what they begin with, and the taxonomy that it is held against.
struct Under {
    source: String,
    version: i64,
    taxonomy: Taxonomy,
}

impl<'a> Begins<'a> {
    /// `first`: what the first of the group brings that brings something.
    pub(super) fn of(
        app: &'a App,
        tx: &'a Tx<'a>,
        batch: &'a BatchRow,
        first: Option<&Begin>,
    ) -> Result<Self> {
        let under = match first {
            Some(begin) => {
                let project = tx.project(batch.project)?.ok_or(Error::not_found("project"))?;
                let version = project.taxonomy_version;
                // Not one that is kept parsed: what this transaction sees may never be committed.
                let taxonomy = tx.taxonomy(batch.project, version)?.map(|row| row.body).unwrap_or_default();
                Some(Under { source: source(app, tx, batch, begin.name)?, version, taxonomy })
            }
            None => None,
        };
        Ok(Self { app, tx, batch, under, any: None, elsewhere: None })
    }

    /// Whether a task may be about an asset of the library itself. Not when that is another task's too and they do not begin with
    /// the same: what an annotator begins with is the asset's.
    pub(super) fn may_share(&mut self, ordinal: Ordinal, begin: Option<&Begin>) -> Result<bool> {
        let known = self.known(ordinal)?;
        let (Some(begin), Some(under)) = (begin, &self.under) else { return Ok(known.is_empty()) };
        match known.into_iter().find(|row| row.source == under.source) {
            Some(row) => {
                let says = read(&row.response)?;
                Ok(self.fitting(under, ordinal, begin)?.is_some_and(|fits| fits.says_what(&says)))
            }
            None => Ok(!self.is_elsewhere(ordinal)?),
        }
    }

    /// What tasks of clients brought for an asset.
    fn known(&mut self, ordinal: Ordinal) -> Result<Vec<PrelabelRow>> {
        let (tx, project) = (self.tx, self.batch.project);
        if self.any.is_none() {
            let all = tx.prelabel_sources(project)?;
            self.any = Some(all.iter().any(|it| SOURCES.contains(&it.source.as_str())));
        }
        if self.any != Some(true) {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = SOURCES.iter().map(|source| (*source, ordinal)).collect();
        Ok(tx.prelabels(project, &keys)?)
    }

    /// Whether an asset is in another batch whose annotators would be shown what is written for it now.
    fn is_elsewhere(&mut self, ordinal: Ordinal) -> Result<bool> {
        if self.elsewhere.is_none() {
            let source = self.under.as_ref().map(|under| &under.source);
            let shows = |it: &BatchRow| it.of_client || it.prelabels.as_ref() == source;
            let all = self.tx.batches(self.batch.project)?.into_iter();
            let others = all.filter(|it| it.id != self.batch.id && shows(it)).map(|it| it.id);
            let others: Vec<_> = others.collect();
            self.elsewhere = Some(self.tx.members_of_any(self.batch.project, &others)?);
        }
        Ok(self.elsewhere.as_ref().is_some_and(|all| all.contains(ordinal)))
    }

    /// Writes down what each of these assets is begun with.
    pub(super) fn write(&self, all: &[(Ordinal, Begin)]) -> Result<()> {
        let (tx, project, now) = (self.tx, self.batch.project, self.app.now());
        let Some(under) = &self.under else { return Ok(()) };
        let keys: Vec<_> = all.iter().map(|(ordinal, _)| (under.source.as_str(), *ordinal)).collect();
        // An asset that tasks share has the same already.
        let there: RoaringBitmap = tx.prelabels(project, &keys)?.iter().map(|row| row.ordinal).collect();
        let mut rows = Vec::with_capacity(all.len());
        for (ordinal, begin) in all.iter().filter(|(ordinal, _)| !there.contains(*ordinal)) {
            let Some(response) = self.fitting(under, *ordinal, begin)? else { continue };
            rows.push(PrelabelRow {
                ordinal: *ordinal,
                source: under.source.clone(),
                score: None,
                taxonomy_version: under.version,
                response: serde_json::to_string(&response)
                    .map_err(|error| Error::internal(error.to_string()))?,
                created: now,
                created_by: self.batch.created_by,
            });
        }
        if rows.is_empty() {
            return Ok(());
        }
        tx.put_prelabels(project, &rows)?;
        Ok(tx.count_prelabels(project, &under.source, rows.len() as i64, now)?)
    }

    /// What of it can be shown; none when that is nothing of what it says.
    fn fitting(&self, under: &Under, ordinal: Ordinal, begin: &Begin) -> Result<Option<Response>> {
        let (tx, project) = (self.tx, self.batch.project);
        let asset = tx.asset(project, ordinal)?.ok_or_else(|| Error::internal("an asset is not there"))?;
        let (fits, left_out) = on_canvas(tx, project, &asset, &begin.says, |canvas| {
            begin.says.clone().fitting(&under.taxonomy, canvas)
        })?;
        let nothing = fits.annotations.is_empty() && fits.fields.is_empty();
        let lost = left_out.len() + begin.unread;
        Ok(Some(fits).filter(|_| !nothing || lost == 0))
    }
}

/// Under which source the tasks of a batch have what they begin with: that of the first, or the one of clients that a manager chose.
/// The batch shows it from the first on, unless a manager chose another one; what they choose later stands.
fn source(app: &App, tx: &Tx<'_>, batch: &BatchRow, first: &str) -> Result<String> {
    let mut client = batches::used(tx, batch)?;
    if let Some(known) = client.prelabels {
        return Ok(known);
    }
    let chosen = batch.prelabels.as_deref().filter(|source| SOURCES.contains(source));
    let source = chosen.unwrap_or(first).to_owned();
    client.prelabels = Some(source.clone());
    tx.set_client_batch(&client)?;
    if batch.prelabels.is_none() {
        tx.set_batch_prelabels(batch.project, batch.id, Some(&source))?;
        let details = json!({ "prelabels": source });
        tx.audit(app.now(), Some(batch.created_by), "batch.edit", &batch.id.to_string(), &details)?;
    }
    Ok(source)
}
