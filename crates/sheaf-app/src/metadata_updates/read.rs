//! Looking at bulk updates, and cancelling one.

use serde_json::json;
use sheaf_model::{MetadataUpdateId, MetadataUpdateState, ProjectId};
use sheaf_store::metadata_updates::MetadataProblemRow;

use sheaf_store::Turn;

use crate::metadata_updates::MetadataUpdate;
use crate::{Access, Actor, App, Error, Result};

pub type ReportLine = MetadataProblemRow;

#[derive(Debug)]
pub struct UpdatesPage {
    pub items: Vec<MetadataUpdate>,
    /// Goes into the next call as `before`.
    pub next: Option<MetadataUpdateId>,
    pub total: i64,
}

#[derive(Debug)]
pub struct ReportPage {
    pub items: Vec<ReportLine>,
    /// Goes into the next call as `after`.
    pub next: Option<i64>,
    /// Everything that was refused; the report holds the first 10,000.
    pub total: i64,
}

pub async fn get(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: MetadataUpdateId,
) -> Result<MetadataUpdate> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let row = tx.metadata_update(project, id)?.ok_or(Error::not_found("metadata update"))?;
            Ok(MetadataUpdate::of(&tx.jobs_at_work(project)?, row))
        })
        .await
}

/// Updates of the project, newest first.
pub async fn list(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    before: Option<MetadataUpdateId>,
    limit: u32,
) -> Result<UpdatesPage> {
    let actor = actor.clone();
    let (mut rows, running, total) = app
        .store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let rows = tx.metadata_updates(project, before, limit.saturating_add(1))?;
            Ok::<_, Error>((rows, tx.jobs_at_work(project)?, tx.n_metadata_updates(project)?))
        })
        .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(UpdatesPage {
        items: rows.into_iter().map(|row| MetadataUpdate::of(&running, row)).collect(),
        next,
        total,
    })
}

/// Lines of the report, after the line `after`.
pub async fn report(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: MetadataUpdateId,
    after: i64,
    limit: u32,
) -> Result<ReportPage> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::viewer(tx, &actor, project)?;
            let row = tx.metadata_update(project, id)?.ok_or(Error::not_found("metadata update"))?;
            let mut items = tx.metadata_problems(project, id, after, limit.saturating_add(1))?;
            let more = items.len() > limit as usize;
            items.truncate(limit as usize);
            let next = items.last().filter(|_| more).map(|line| line.seq);
            Ok(ReportPage { items, next, total: row.counts.refused })
        })
        .await
}

/// Stops an update where it is; what it has changed stays changed. One that has ended stays as it is.
pub async fn cancel(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: MetadataUpdateId,
) -> Result<MetadataUpdate> {
    let (actor, now) = (actor.clone(), app.now());
    let update = app
        .store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            tx.metadata_update(project, id)?.ok_or(Error::not_found("metadata update"))?;
            if tx.end_metadata_update(project, id, MetadataUpdateState::Cancelled, None, now)? {
                tx.audit(now, Some(actor.user), "metadata.cancel", &id.to_string(), &json!({}))?;
            }
            let row = tx.metadata_update(project, id)?.ok_or(Error::not_found("metadata update"))?;
            Ok::<_, Error>(MetadataUpdate::of(&tx.jobs_at_work(project)?, row))
        })
        .await?;
    app.metadata_updates().stop(id);
    Ok(update)
}
