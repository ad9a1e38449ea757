//! One asset: its row, its ledger (uploaded, batched, claimed, submitted, ...), its answers.

use sheaf_model::{AssetId, BatchId, Millis, ProjectId, SubmissionId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::names::PersonName;
use sheaf_store::prelabels::PrelabelRow;
use sheaf_store::submissions::Begun;

use super::view::{AssetView, LedgerEntry, views};
use crate::{Access, Actor, App, Error, Result};

#[derive(Debug)]
pub struct AssetDetail {
    pub asset: AssetView,
    pub ledger: Vec<LedgerEntry>,
    pub answers: Vec<Answer>,
    /// What each source says of it, by source.
    pub prelabels: Vec<AssetPrelabel>,
}

#[derive(Debug)]
pub struct AssetPrelabel {
    pub row: PrelabelRow,
    pub by: Option<PersonName>,
}

#[derive(Debug)]
pub struct Answer {
    pub submission: SubmissionId,
    pub batch: (BatchId, String),
    pub annotator: Option<PersonName>,
    /// It was given elsewhere; the annotator is who gave it there.
    pub brought_in: bool,
    pub at: Millis,
    /// JSON of a response.
    pub response: String,
    pub taxonomy_version: i64,
    /// The pre-label that it began with.
    pub prelabel: Option<Begun>,
}

pub async fn get(app: &App, actor: &Actor, project: ProjectId, asset: AssetId) -> Result<AssetDetail> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            if asset.project != project {
                return Err(Error::not_found("asset"));
            }
            let row = tx.asset(project, asset.ordinal)?.ok_or(Error::not_found("asset"))?;
            let asset = views(tx, project, vec![row])?.pop().ok_or(Error::not_found("asset"))?;
            let mut batches = Vec::new();
            for (id, _) in &asset.batches {
                batches.extend(tx.batch(project, *id)?);
            }
            let answers = answers(tx, &asset, &batches)?;
            let ledger = ledger(tx, &asset, &batches)?;
            let prelabels = prelabels(tx, &asset)?;
            Ok(AssetDetail { asset, ledger, answers, prelabels })
        })
        .await
}

fn answers(tx: &Tx<'_>, asset: &AssetView, batches: &[BatchRow]) -> Result<Vec<Answer>> {
    let mut out = Vec::new();
    for batch in batches {
        for row in tx.task_submissions(batch.project, batch.id, asset.id.ordinal)? {
            out.push(Answer {
                submission: row.id,
                batch: (batch.id, batch.name.clone()),
                annotator: tx.author_name(batch.project, row.person)?,
                brought_in: row.person.is_elsewhere(),
                at: row.at,
                response: row.response,
                taxonomy_version: row.taxonomy_version,
                prelabel: row.prelabel,
            });
        }
    }
    Ok(out)
}

fn prelabels(tx: &Tx<'_>, asset: &AssetView) -> Result<Vec<AssetPrelabel>> {
    let sources = tx.prelabel_sources(asset.id.project)?;
    let keys: Vec<_> = sources.iter().map(|it| (it.source.as_str(), asset.id.ordinal)).collect();
    let rows = tx.prelabels(asset.id.project, &keys)?.into_iter();
    rows.map(|row| Ok(AssetPrelabel { by: tx.person_name(row.created_by)?, row })).collect()
}

fn ledger(tx: &Tx<'_>, asset: &AssetView, batches: &[BatchRow]) -> Result<Vec<LedgerEntry>> {
    let uploader = tx.upload_creator(asset.id.project, asset.row.upload)?;
    let mut out = vec![LedgerEntry {
        at: asset.row.uploaded,
        event: "uploaded",
        actor: uploader.map(|id| tx.person_name(id)).transpose()?.flatten(),
        batch: None,
        details: Some(asset.upload_name.clone()),
    }];
    for batch in batches {
        let actor = tx.person_name(batch.created_by)?;
        let entry = |at, event, actor| LedgerEntry {
            at,
            event,
            actor,
            batch: Some((batch.id, batch.name.clone())),
            details: None,
        };
        out.push(entry(batch.created, "batched", actor));
        // What was brought in was in nobody's queue.
        let launched = batch.launched.filter(|_| !batch.brought_in);
        out.extend(launched.map(|at| entry(at, "launched", None)));
        if batch.state == sheaf_model::BatchState::Cancelled {
            out.extend(batch.ended.map(|at| entry(at, "cancelled", None)));
        }
    }
    for event in tx.events(asset.id.project, asset.id.ordinal)? {
        let batch = event.batch.and_then(|id| batches.iter().find(|batch| batch.id == id));
        out.push(LedgerEntry {
            at: event.at,
            event: event.kind.as_str(),
            actor: event.actor.map(|id| tx.person_name(id)).transpose()?.flatten(),
            batch: batch.map(|batch| (batch.id, batch.name.clone())),
            details: event.details,
        });
    }
    for update in tx.metadata_updates_of(asset.id.project, asset.id.ordinal)?.into_iter().rev() {
        out.push(LedgerEntry {
            at: update.created,
            event: "updated",
            actor: tx.person_name(update.created_by)?,
            batch: None,
            details: Some(match update.query {
                Some(query) => format!("update {} of what `{query}` found", update.id),
                None => format!("update {} ({})", update.id, update.source.as_str()),
            }),
        });
    }
    out.sort_by_key(|entry| entry.at);
    Ok(out)
}
