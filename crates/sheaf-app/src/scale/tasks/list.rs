//! `GET tasks` and `GET task/{id}`: newest first, by offset or from where the page before ended.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_model::{Millis, ProjectId};
use sheaf_store::Tx;
use sheaf_store::scale::{Filter, Page, Status, TaskRow};

use super::of_sheaf;
use super::shape::{self, Common, Expand};
use crate::scale::find::{self, To};
use crate::scale::params::bad;
use crate::scale::{Client, id};
use crate::{Actor, App, Result};

pub const LIMIT_MAX: u32 = 100;
/// Tasks that may be stepped over; beyond it the way is `next_token`.
pub const OFFSET_MAX: u32 = 100_000;
const REVIEWS: [&str; 5] = ["pending", "accepted", "fixed", "commented", "rejected"];

/// Which tasks are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub project: Option<String>,
    pub project_id: Option<String>,
    pub batch: Option<String>,
    pub batch_id: Option<String>,
    pub kind: Option<String>,
    pub status: Option<String>,
    pub reviews: Vec<String>,
    pub unique_id: Option<String>,
    pub tags: Vec<String>,
    /// Ranges: from, and before.
    pub created: (Option<Millis>, Option<Millis>),
    pub completed: (Option<Millis>, Option<Millis>),
    pub updated: (Option<Millis>, Option<Millis>),
    pub limit: u32,
    pub offset: u32,
    pub next_token: Option<String>,
    /// Only id, status, metadata and project of each.
    pub limited: bool,
    /// As version 2 of the API shows them.
    pub v2: Option<Expand>,
}

pub struct Listed {
    pub items: Vec<Value>,
    pub total: i64,
    /// Where the next page begins.
    pub next_token: Option<String>,
}

pub async fn get(app: &App, client: &Client, task: String) -> Result<Value> {
    let actor = client.actor.clone();
    app.store().read(move |tx| Ok(shown(tx, &actor, &task)?.1)).await
}

/// The task as version 2 of the API shows it.
pub async fn get_v2(app: &App, client: &Client, task: String, expand: Expand) -> Result<Value> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let (task, whole) = shown(tx, &actor, &task)?;
            shape::v2(tx, &task, whole, expand)
        })
        .await
}

/// A task by its id, of a client or of Sheaf.
pub(super) fn shown(tx: &Tx<'_>, actor: &Actor, task: &str) -> Result<(TaskRow, Value)> {
    if let Some(own) = id::read_own_task(task) {
        return of_sheaf::one(tx, actor, own);
    }
    let (_, task) = find::task(tx, actor, task, To::Look)?;
    let whole = shape::one(tx, &task)?;
    Ok((task, whole))
}

pub async fn list(app: &App, client: &Client, asked: Asked) -> Result<Listed> {
    let actor = client.actor.clone();
    app.store().read(move |tx| page(tx, &actor, &asked)).await
}

fn page(tx: &Tx<'_>, actor: &Actor, asked: &Asked) -> Result<Listed> {
    if asked.offset > OFFSET_MAX {
        let what = format!("`offset` is at most {OFFSET_MAX}; go on with `next_token` of the page before");
        return Err(bad(what));
    }
    let (projects, mut filter) = scope(tx, actor, asked)?;
    if let (Some(batch), Some(project)) = (filter.batch, projects.first())
        && tx.client_batch(*project, batch)?.is_none_or(|it| it.counts.all() == 0)
        && let Some(batch) = tx.batch(*project, batch)?
    {
        return of_sheaf::page(tx, &batch, asked);
    }
    let token = asked.next_token.as_deref().map(read_token).transpose()?;
    let limit = asked.limit.clamp(1, LIMIT_MAX);
    // One more tells whether there is more.
    let take = limit + 1;
    let mut parts: Vec<(ProjectId, u32)> = Vec::new();
    let mut total = 0;
    let kind = filter.kind.take();
    for project in projects {
        // A project's tasks are of its type, all of them: it tells projects apart, so that their counts hold.
        if let Some(kind) = &kind
            && tx.client_project(project)?.is_none_or(|client| client.kind != *kind)
        {
            continue;
        }
        total += tx.count_client_tasks(project, &filter)?;
        let below = match token {
            None => u32::MAX,
            Some((at, of, _)) if project > of => tx.client_number_at(project, at)?,
            Some((at, of, _)) if project < of => tx.client_number_at(project, at + 1)?,
            Some((_, _, number)) => number,
        };
        parts.push((project, below));
    }
    let mut found = match parts.as_slice() {
        [(project, below)] => {
            tx.client_tasks(*project, &filter, Page { below: *below, skip: asked.offset, limit: take })?
        }
        several => of_several(tx, several, &filter, asked.offset, take)?,
    };
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next_token = found.last().filter(|_| more).map(token_of);
    let mut common = Common::default();
    let items = found.iter().map(|task| {
        let whole = shape::whole(tx, &mut common, task)?;
        match (asked.limited, asked.v2) {
            (true, _) => Ok(shape::limited(&whole)),
            (false, Some(expand)) => shape::v2(tx, task, whole, expand),
            (false, None) => Ok(whole),
        }
    });
    Ok(Listed { items: items.collect::<Result<_>>()?, total, next_token })
}

/// A page of the tasks of several projects together, each of which is looked through below a number. Their places tell which these
/// are, so that whole rows are read of the page alone.
fn of_several(
    tx: &Tx<'_>,
    parts: &[(ProjectId, u32)],
    filter: &Filter,
    offset: u32,
    take: u32,
) -> Result<Vec<TaskRow>> {
    let mut places: Vec<(Millis, ProjectId, u32)> = Vec::new();
    for (project, below) in parts {
        let page = Page { below: *below, skip: 0, limit: offset + take };
        let of = tx.client_task_places(*project, filter, page)?;
        places.extend(of.into_iter().map(|(created, number)| (created, *project, number)));
    }
    places.sort_unstable_by_key(|place| std::cmp::Reverse(*place));
    let page = places.into_iter().skip(offset as usize).take(take as usize);
    let mut numbers: BTreeMap<ProjectId, Vec<u32>> = BTreeMap::new();
    for (_, project, number) in page {
        numbers.entry(project).or_default().push(number);
    }
    let mut found = Vec::new();
    for (project, numbers) in numbers {
        found.extend(tx.client_tasks_at(project, &numbers)?);
    }
    found.sort_by_key(|task| std::cmp::Reverse((task.created, task.project, task.number)));
    Ok(found)
}

/// The projects that are looked through, in which a client has tasks, and what is looked for.
fn scope(tx: &Tx<'_>, actor: &Actor, asked: &Asked) -> Result<(Vec<ProjectId>, Filter)> {
    let status = checked_status(asked)?;
    for review in &asked.reviews {
        if !REVIEWS.contains(&review.as_str()) {
            return Err(bad(format!("`customer_review_status` is {}, not `{review}`", REVIEWS.join(", "))));
        }
    }
    let mut filter = Filter {
        batch: None,
        kind: asked.kind.clone(),
        status,
        reviews: asked.reviews.clone(),
        unique_id: asked.unique_id.clone(),
        tags: asked.tags.clone(),
        created: asked.created,
        completed: asked.completed,
        updated: asked.updated,
    };
    let mut projects = match (&asked.project_id, &asked.project) {
        (Some(text), _) => {
            let id = text.parse().map_err(|_| crate::Error::not_found("project"))?;
            vec![find::access(tx, actor, id, To::Look)?.project.id]
        }
        (None, Some(name)) => vec![find::project(tx, actor, name, To::Look)?.project.id],
        (None, None) => Vec::new(),
    };
    if asked.batch.is_some() || asked.batch_id.is_some() {
        let named = match (&asked.batch_id, &asked.batch, projects.first()) {
            (None, Some(name), Some(project)) => {
                tx.batch_by_name(*project, name)?.ok_or(crate::Error::not_found("batch"))?
            }
            (by_id, name, _) => find::batch_by(tx, actor, by_id.as_deref(), name.as_deref(), To::Look)?.1,
        };
        if projects.first().is_some_and(|project| *project != named.project) {
            return Err(crate::Error::not_found("batch"));
        }
        projects = vec![named.project];
        filter.batch = Some(named.id);
    }
    if projects.is_empty() {
        let seen: Vec<ProjectId> = find::projects(tx, actor)?.into_iter().map(|project| project.id).collect();
        projects
            .extend(tx.client_projects()?.into_iter().map(|it| it.project).filter(|id| seen.contains(id)));
    }
    Ok((projects, filter))
}

pub(super) fn checked_status(asked: &Asked) -> Result<Option<Status>> {
    let bad = |text: &str| bad(format!("`status` is pending, completed, canceled or error, not `{text}`"));
    asked.status.as_deref().map(|text| Status::parse(text).ok_or_else(|| bad(text))).transpose()
}

/// Where a page ended: the last task and when it was made, for the other projects.
fn token_of(task: &TaskRow) -> String {
    format!("{}.{}", id::task(task.project, task.number), task.created)
}

fn read_token(text: &str) -> Result<(Millis, ProjectId, u32)> {
    let read = || {
        let (task, at) = text.split_once('.')?;
        let (project, number) = id::read_task(task)?;
        Some((at.parse().ok()?, project, number))
    };
    read().ok_or_else(|| bad("`next_token` is not one that a page gave"))
}
