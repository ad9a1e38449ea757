//! Batches over both versions of Scale's API: Sheaf's batches, by name or id.

use serde_json::{Value, json};
use sheaf_model::{BatchAction, BatchKind, BatchState, Millis};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;
use sheaf_store::scale::ClientBatch;

use super::batch_view::Seen;
use super::find::{self, To};
use super::params::{self, Params, bad, checked_callback, missing};
use super::{Client, bind, end, projects};
use crate::batches::act::step;
use crate::batches::client::create_empty;
use crate::batches::{NewBatch, create::name_taken};
use crate::{Access, Actor, App, Error, Result};

/// Batches of one page.
pub const PAGE_MAX: usize = 100;

/// Which batches are listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub project: Option<String>,
    pub project_id: Option<String>,
    pub status: Option<String>,
    pub exclude_archived: bool,
    /// Made from, and before.
    pub created: (Option<Millis>, Option<Millis>),
    pub completed: (Option<Millis>, Option<Millis>),
}

/// A page of them, and how many there are in all.
pub struct Listed {
    pub items: Vec<Value>,
    pub total: usize,
}

/// Which of the two versions of the API asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V1,
    V2,
}

/// `POST batches`, `POST v2/batch`.
pub async fn create(app: &App, client: &Client, version: Version, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let name = body.take_text("name")?.ok_or_else(|| missing("name"))?;
    let project_id = body.take_text("project_id")?;
    let project = body.take_text("project")?.or(body.take_text("project_name")?);
    let callback = checked_callback(body.take_text("callback")?)?;
    let metadata = params::metadata(body.take("metadata"))?;
    let kind = match (body.take_bool("calibration_batch")?, body.take_bool("self_label_batch")?) {
        (true, true) => return Err(bad("a batch is for calibration or for labelling it yourself, not both")),
        (true, false) => BatchKind::Calibration,
        (false, true) => BatchKind::SelfLabel,
        (false, false) => BatchKind::Production,
    };
    // Version 2 says for each batch whether it waits.
    let staging = body.take_bool("staging_batch")?;
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write(move |tx| {
            if project_id.is_none() && project.is_none() {
                return Err(missing("project"));
            }
            let access = find::project_by(tx, &actor, project_id.as_deref(), project.as_deref(), To::Change)?;
            if let Some(there) = find::named_batch(tx, &actor, name.trim())? {
                return Err(name_taken(&there));
            }
            let used = projects::used(tx, &access, None, inner.now())?;
            let new = NewBatch { name, kind, ..NewBatch::default() };
            let row = create_empty(&inner, tx, &actor, &access, &new)?.row;
            let of = ClientBatch { named: true, callback, metadata, ..blank(&row) };
            tx.insert_client_batch(&of)?;
            let waits = if version == Version::V1 { used.staged } else { staging };
            if !waits {
                launch(&inner, tx, &actor, &row)?;
            }
            shown(tx, &access.project, again(tx, &row)?, version)
        })
        .await
}

/// What clients have of a batch that they use for the first time.
pub(super) fn blank(row: &BatchRow) -> ClientBatch {
    ClientBatch {
        project: row.project,
        id: row.id,
        named: true,
        callback: None,
        metadata: "{}".to_owned(),
        counts: Default::default(),
        told: false,
        prelabels: None,
    }
}

/// Launches a batch; one of a project that asks for nothing at the desk, too, which serves nothing.
pub(super) fn launch(app: &App, tx: &Tx<'_>, actor: &Actor, batch: &BatchRow) -> Result<()> {
    let project = tx.project(batch.project)?.ok_or(Error::not_found("project"))?;
    if project.taxonomy_version > 0 || batch.n_members > 0 {
        return step(app, tx, actor, batch.project, batch.id, BatchAction::Launch);
    }
    let now = app.now();
    tx.set_batch_state(batch.project, batch.id, BatchState::InProgress, now)?;
    let from = json!({ "from": batch.state.as_str() });
    tx.audit(now, Some(actor.user), "batch.launch", &batch.id.to_string(), &from)?;
    Ok(())
}

/// The batch as this transaction leaves it.
pub(super) fn again(tx: &Tx<'_>, batch: &BatchRow) -> Result<BatchRow> {
    tx.batch(batch.project, batch.id)?.ok_or(Error::not_found("batch"))
}

fn shown(tx: &Tx<'_>, project: &ProjectRow, row: BatchRow, version: Version) -> Result<Value> {
    let seen = Seen::of(tx, row)?;
    Ok(match version {
        Version::V1 => seen.v1(&project.name),
        Version::V2 => seen.v2(project.id.to_string().into()),
    })
}

/// How a batch is named in a request.
#[derive(Debug, Clone, Default)]
pub struct By {
    pub id: Option<String>,
    pub name: Option<String>,
}

impl By {
    pub fn name(name: String) -> Self {
        Self { id: None, name: Some(name) }
    }

    /// Out of the body of version 2.
    pub fn of(body: &Value) -> Self {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Self { id: text("batch_id"), name: text("batch_name") }
    }

    fn find(&self, tx: &Tx<'_>, actor: &Actor, to: To) -> Result<(Access, BatchRow)> {
        find::batch_by(tx, actor, self.id.as_deref(), self.name.as_deref(), to)
    }
}

/// `GET batches/{name}`, `GET v2/batch`.
pub async fn get(app: &App, client: &Client, by: By, version: Version, expand: bool) -> Result<Value> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let (access, row) = by.find(tx, &actor, To::Look)?;
            if version == Version::V2 && expand {
                return Ok(Seen::of(tx, row)?.v2(projects::view(tx, &access.project)?));
            }
            shown(tx, &access.project, row, version)
        })
        .await
}

/// `GET batches/{name}/status`.
pub async fn status(app: &App, client: &Client, name: String) -> Result<Value> {
    let actor = client.actor.clone();
    app.store().read(move |tx| Ok(Seen::of(tx, find::batch(tx, &actor, &name, To::Look)?.1)?.numbers())).await
}

/// `POST batches/{name}/finalize`: what waits becomes members, and the batch is launched. In a project whose batches do not
/// wait it does nothing.
pub async fn finalize(app: &App, client: &Client, by: By, version: Version) -> Result<Value> {
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write(move |tx| {
            let (access, row) = by.find(tx, &actor, To::Change)?;
            let waits = tx.client_project(row.project)?.is_none_or(|it| it.staged);
            if row.state == BatchState::Staging {
                bind::all_of(&inner, tx, &row)?;
                launch(&inner, tx, &actor, &again(tx, &row)?)?;
                end::batch_may_end(&inner, tx, row.project, row.id)?;
            } else if waits || version == Version::V2 {
                return Err(bad(format!("the batch `{}` was finalized before", row.name)));
            }
            shown(tx, &access.project, again(tx, &row)?, version)
        })
        .await
}

/// `POST batches/{name}/setMetadata`, `POST v2/batch/metadata`.
pub async fn set_metadata(
    app: &App,
    client: &Client,
    by: By,
    metadata: Value,
    merge: bool,
    version: Version,
) -> Result<Value> {
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            let (access, row) = by.find(tx, &actor, To::Change)?;
            projects::used(tx, &access, None, now)?;
            let mut client = used(tx, &row)?;
            let mut metadata = metadata;
            if merge && let Value::Object(new) = metadata {
                let mut all = Params::stored(&client.metadata)?.0;
                all.extend(new);
                metadata = Value::Object(all);
            }
            client.metadata = params::metadata(Some(metadata))?;
            tx.set_client_batch(&client)?;
            shown(tx, &access.project, row, version)
        })
        .await
}

/// What clients have of a batch; of one that was made in Sheaf it begins now.
pub(super) fn used(tx: &Tx<'_>, row: &BatchRow) -> Result<ClientBatch> {
    if let Some(known) = tx.client_batch(row.project, row.id)? {
        return Ok(known);
    }
    tx.insert_client_batch(&blank(row))?;
    Ok(blank(row))
}

/// `POST v2/batch/pause`, `resume`, `cancel`.
pub async fn act(app: &App, client: &Client, by: By, action: BatchAction) -> Result<Value> {
    let (inner, actor) = (app.clone(), client.actor.clone());
    app.store()
        .write(move |tx| {
            let (access, row) = by.find(tx, &actor, To::Change)?;
            if row.state.after(action).is_none() {
                let (verb, state) = (action.as_str(), row.state.as_str().replace('_', " "));
                return Err(bad(format!("cannot {verb} the batch `{}`: it is {state}", row.name)));
            }
            step(&inner, tx, &actor, row.project, row.id, action)?;
            let what = match action {
                BatchAction::Pause => "Batch pause initiated. Only unstarted tasks will be paused.",
                BatchAction::Cancel => "Batch cancel initiated. Only unstarted tasks will be canceled.",
                _ => "Batch resume initiated.",
            };
            Ok(json!({ "batch": shown(tx, &access.project, again(tx, &row)?, Version::V2)?, "message": what }))
        })
        .await
}

/// `GET batches`, `GET v2/batches`: newest first.
pub async fn list(
    app: &App,
    client: &Client,
    filter: Filter,
    version: Version,
    expand: bool,
    (offset, limit): (usize, usize),
) -> Result<Listed> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let mut found: Vec<(usize, Seen)> = Vec::new();
            let projects = find::projects(tx, &actor)?;
            for (at, project) in projects.iter().enumerate() {
                let named = filter.project.as_ref().is_none_or(|name| *name == project.name);
                let meant = filter.project_id.as_ref().is_none_or(|id| *id == project.id.to_string());
                if named && meant {
                    let seen = Seen::all(tx, project.id, tx.batches(project.id)?)?;
                    found.extend(seen.into_iter().map(|seen| (at, seen)));
                }
            }
            found.retain(|(_, seen)| seen.is_named() && fits(&filter, seen, version));
            found.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.row.id));
            let total = found.len();
            let page = found.iter().skip(offset).take(limit);
            let items = page.map(|(at, seen)| match version {
                Version::V1 => Ok(seen.v1(&projects[*at].name)),
                Version::V2 if expand => Ok(seen.v2(projects::view(tx, &projects[*at])?)),
                Version::V2 => Ok(seen.v2(projects[*at].id.to_string().into())),
            });
            Ok(Listed { items: items.collect::<Result<_>>()?, total })
        })
        .await
}

fn fits(filter: &Filter, seen: &Seen, version: Version) -> bool {
    let within = |at: Option<Millis>, (from, before): (Option<Millis>, Option<Millis>)| {
        from.is_none_or(|from| at.is_some_and(|at| at >= from))
            && before.is_none_or(|before| at.is_some_and(|at| at < before))
    };
    let status = if version == Version::V1 { seen.status() } else { seen.status_v2() };
    filter.status.as_ref().is_none_or(|wanted| wanted == status)
        && !(filter.exclude_archived && seen.row.archived)
        && within(Some(seen.row.created), filter.created)
        && within(seen.row.ended, filter.completed)
}
