//! Who works on which projects, and on which batches in which order, as Scale's Studio has it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sheaf_model::{BatchId, BatchKind, BatchState, OpenTo, ProjectId, Role, Roles};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::batch_view::Seen;
use super::find::{self, To};
use super::params::{Params, bad, missing};
use super::{Client, id, teams};
use crate::batches::create::checked_open_to;
use crate::queue::manage::revoke_person;
use crate::{Access, Actor, App, Result, local};

/// `GET studio/assignments`: the projects that each active person labels or reviews in.
pub async fn assignments(app: &App, client: &Client) -> Result<Value> {
    let actor = client.actor.clone();
    app.store().read(move |tx| assigned(tx, &actor)).await
}

fn assigned(tx: &Tx<'_>, actor: &Actor) -> Result<Value> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for project in find::projects(tx, actor)? {
        for (user, roles) in tx.members(project.id)? {
            if !user.disabled && !local::is_operator(&user) {
                let of = out.entry(user.email).or_default();
                if roles.has(Role::Annotator) || roles.has(Role::Reviewer) {
                    of.push(project.name.clone());
                }
            }
        }
    }
    Ok(json!(out))
}

/// `POST studio/assignments/add` and `remove`: the role annotator. Those who are in no project of the caller's yet are added by
/// admins only.
pub async fn assign(app: &App, client: &Client, body: Value, add: bool) -> Result<Value> {
    let mut body = Params::of(body)?;
    let emails = teams::emails(&mut body, "emails")?;
    let projects: Vec<Value> = match body.take("projects").ok_or_else(|| missing("projects"))? {
        Value::Array(list) => list,
        one => vec![one],
    };
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            for name in &projects {
                let name = name.as_str().ok_or_else(|| bad("`projects` must be a list of names"))?;
                let project = find::project(tx, &actor, name, To::Change)?.project.id;
                for email in &emails {
                    let user = teams::somebody(tx, email)?;
                    let before = tx.roles(project, user.id)?;
                    if before.is_empty() && add && !actor.is_admin && !shares(tx, &actor, user.id)? {
                        return Err(bad(format!("`{email}` is nobody here; invite them first")));
                    }
                    let one = Roles::of(&[Role::Annotator]);
                    let manages = Roles::of(if before.has(Role::Manager) { &[Role::Manager] } else { &[] });
                    let after = if add { before.union(one) } else { manages };
                    if before == after {
                        continue;
                    }
                    tx.set_roles(project, user.id, after)?;
                    if after.is_empty() {
                        tx.leave_groups(project, user.id)?;
                        revoke_person(tx, Some(actor.user), user.id, Some(project), now)?;
                    }
                    let details = json!({ "user": user.id, "from": before, "to": after });
                    tx.audit(now, Some(actor.user), "member.changed", &project.to_string(), &details)?;
                }
            }
            assigned(tx, &actor)
        })
        .await
}

/// Whether somebody is in a project that the caller runs.
fn shares(tx: &Tx<'_>, actor: &Actor, user: sheaf_model::UserId) -> Result<bool> {
    let of = tx.memberships(user)?;
    Ok(of.iter().any(|(project, _)| Access::manager(tx, actor, *project).is_ok()))
}

/// A batch, and the name of its project.
struct Waiting {
    seen: Seen,
    project: String,
}

/// Batches that have not ended, of every project that the caller sees, in the order of the queue.
fn pending(tx: &Tx<'_>, actor: &Actor) -> Result<Vec<Waiting>> {
    let mut out = Vec::new();
    for project in find::projects(tx, actor)?.into_iter().filter(|project| !project.archived) {
        let is_live = |row: &BatchRow| {
            !row.archived
                && matches!(row.state, BatchState::Staging | BatchState::InProgress | BatchState::Paused)
        };
        let live = tx.batches(project.id)?.into_iter().filter(is_live).collect();
        let named = Seen::all(tx, project.id, live)?.into_iter().filter(Seen::is_named);
        out.extend(named.map(|seen| Waiting { seen, project: project.name.clone() }));
    }
    out.sort_by_key(|it| it.seen.row.place());
    Ok(out)
}

fn view(tx: &Tx<'_>, Waiting { seen, project }: &Waiting, at: usize) -> Result<Value> {
    let row = &seen.row;
    let mut groups = Vec::new();
    for group in &row.open_to.groups {
        groups.extend(tx.group(row.project, *group)?.map(|group| Value::from(group.name)));
    }
    for person in &row.open_to.people {
        groups.extend(tx.user(*person)?.map(|user| Value::from(user.email)));
    }
    Ok(json!({
        "id": id::batch(row.project, row.id),
        "name": row.name,
        "projectId": row.project.to_string(),
        "projectName": project,
        "batchType": if row.kind == BatchKind::Calibration { "Calibration" } else { "Production" },
        "studioPriority": at + 1,
        "total": seen.counts.all(),
        "completed": seen.counts.completed,
        "groups": groups,
    }))
}

fn all(tx: &Tx<'_>, actor: &Actor) -> Result<Vec<Value>> {
    pending(tx, actor)?.iter().enumerate().map(|(at, waiting)| view(tx, waiting, at)).collect()
}

/// `GET studio/batches`.
pub async fn batches(app: &App, client: &Client) -> Result<Vec<Value>> {
    let actor = client.actor.clone();
    app.store().read(move |tx| all(tx, &actor)).await
}

/// `PUT studio/batches/{name}`: whom it is open to, by groups and addresses; to nobody in particular, to everybody.
pub async fn open(app: &App, client: &Client, name: String, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let groups = match body.take("groups") {
        None => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(one) => vec![one],
    };
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            let (access, mut row) = find::batch(tx, &actor, &name, To::Change)?;
            let mut open_to = OpenTo::default();
            for group in &groups {
                let text =
                    group.as_str().ok_or_else(|| bad("`groups` must be a list of names or addresses"))?;
                let known = tx.groups(row.project)?;
                match known.iter().find(|it| it.name == text || it.id.to_string() == text) {
                    Some(group) => open_to.groups.push(group.id),
                    None if text.contains('@') => {
                        open_to.people.push(teams::somebody(tx, &crate::users::fold_email(text))?.id)
                    }
                    None => return Err(bad(format!("there is no group `{text}` in the project"))),
                }
            }
            row.open_to = checked_open_to(tx, row.project, open_to, &row.open_to)?;
            tx.edit_batch(&row)?;
            let details = json!({ "open_to": row.open_to });
            tx.audit(now, Some(actor.user), "batch.edit", &row.id.to_string(), &details)?;
            let at = pending(tx, &actor)?.iter().position(|it| it.seen.row.id == row.id).unwrap_or_default();
            view(tx, &Waiting { seen: Seen::of(tx, row)?, project: access.project.name }, at)
        })
        .await
}

/// `POST studio/batches/set_priorities`: all batches that have not ended, in the order in which they are to be served. Within a
/// project it is this order; over several Sheaf mixes them by its rules. Those of projects that the caller sees and does not
/// manage may be among them, as the list shows them, and stay as they are.
pub async fn prioritize(app: &App, client: &Client, body: Value) -> Result<Vec<Value>> {
    let mut body = Params::of(body)?;
    // The Node client calls it `groups`.
    let list = body.take("batches").or(body.take("groups")).ok_or_else(|| missing("batches"))?;
    let Value::Array(list) = list else { return Err(bad("`batches` must be a list")) };
    let name = |it: &Value| it.get("name").unwrap_or(it).as_str().map(str::to_owned);
    let names: Option<Vec<String>> = list.iter().map(name).collect();
    let names = names.ok_or_else(|| bad("each of `batches` must have a `name`"))?;
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            let manages = |row: &BatchRow| Access::manager(tx, &actor, row.project).is_ok();
            let all_pending = pending(tx, &actor)?.into_iter().map(|it| it.seen.row);
            let (waiting, others): (Vec<BatchRow>, Vec<BatchRow>) = all_pending.partition(manages);
            if let (true, Some(row)) = (waiting.is_empty(), others.first()) {
                find::access(tx, &actor, row.project, To::Change)?;
            }
            let mut order: BTreeMap<i64, Vec<BatchId>> = BTreeMap::new();
            for (at, name) in names.iter().enumerate() {
                if names[..at].contains(name) {
                    return Err(bad(format!("the batch `{name}` is named twice")));
                }
                let of = waiting.iter().filter(|row| row.name == *name).collect::<Vec<_>>();
                if of.is_empty() && !others.iter().any(|row| row.name == *name) {
                    return Err(bad(format!("there is no pending batch `{name}`")));
                }
                for row in of {
                    order.entry(row.project.0).or_default().push(row.id);
                }
            }
            if let Some(left) = waiting.iter().find(|row| !names.contains(&row.name)) {
                return Err(bad(format!("all pending batches must be listed; `{}` is not", left.name)));
            }
            for (project, batches) in order {
                let project = ProjectId(project);
                tx.set_batch_positions(project, &batches)?;
                let named: Vec<String> = batches.iter().map(ToString::to_string).collect();
                let details = json!({ "batches": named });
                tx.audit(now, Some(actor.user), "queue.order", &project.to_string(), &details)?;
            }
            all(tx, &actor)
        })
        .await
}

/// `POST studio/batches/reset_priorities`: back to the recommended order.
pub async fn reset(app: &App, client: &Client) -> Result<Vec<Value>> {
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            for project in find::projects(tx, &actor)? {
                if Access::manager(tx, &actor, project.id).is_ok() {
                    tx.set_batch_positions(project.id, &[])?;
                    tx.audit(
                        now,
                        Some(actor.user),
                        "queue.order_reset",
                        &project.id.to_string(),
                        &json!({}),
                    )?;
                }
            }
            all(tx, &actor)
        })
        .await
}
