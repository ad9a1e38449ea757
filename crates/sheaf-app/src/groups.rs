//! Groups of a project's people: made, changed and removed by its managers; batches are open to them.
//!
//! A group is known by its id, so a new name changes nothing else. One that a batch which has not ended is open to cannot be
//! removed: the batch would be open to fewer people than anybody said, or to everybody.

use serde_json::json;
use sheaf_model::{BatchId, GroupId, Problem, ProjectId, UserId};
use sheaf_store::groups::GroupRow;
use sheaf_store::names::PersonName;
use sheaf_store::{Turn, Tx};

use crate::{Access, Actor, App, Error, Result, ids};

const NAME_CHARS_MAX: usize = 100;
const GROUPS_MAX: usize = 1_000;
const PEOPLE_MAX: usize = 10_000;

#[derive(Debug)]
pub struct GroupView {
    pub row: GroupRow,
    /// By name.
    pub people: Vec<PersonName>,
    /// Batches that have not ended and are open to it.
    pub batches: Vec<(BatchId, String)>,
}

/// What to change; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct GroupEdit {
    pub name: Option<String>,
    /// All of them.
    pub people: Option<Vec<UserId>>,
}

/// The groups of a project, by name.
pub async fn list(app: &App, actor: &Actor, project: ProjectId) -> Result<Vec<GroupView>> {
    let actor = actor.clone();
    app.store()
        .read(move |tx| {
            Access::manager(tx, &actor, project)?;
            views(tx, project, tx.groups(project)?)
        })
        .await
}

pub async fn create(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    name: String,
    people: Vec<UserId>,
) -> Result<GroupView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let there = tx.groups(project)?;
            if there.len() >= GROUPS_MAX {
                return Err(Error::conflict(
                    "too_many",
                    format!("a project has at most {GROUPS_MAX} groups"),
                ));
            }
            let name = checked_name(&there, None, &name)?;
            checked_people(tx, project, &people)?;
            let (id, created_by) = (GroupId(ids::row_id(now)?), actor.user);
            let row = GroupRow { project, id, name, created: now, created_by };
            tx.insert_group(&row)?;
            tx.set_group_people(project, id, &people)?;
            let details = json!({ "name": row.name, "people": people });
            tx.audit(now, Some(actor.user), "group.create", &id.to_string(), &details)?;
            one(tx, row)
        })
        .await
}

pub async fn edit(
    app: &App,
    actor: &Actor,
    project: ProjectId,
    id: GroupId,
    edit: GroupEdit,
) -> Result<GroupView> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let mut row = tx.group(project, id)?.ok_or(Error::not_found("group"))?;
            if let Some(name) = &edit.name {
                row.name = checked_name(&tx.groups(project)?, Some(id), name)?;
                tx.rename_group(project, id, &row.name)?;
            }
            if let Some(people) = &edit.people {
                checked_people(tx, project, people)?;
                tx.set_group_people(project, id, people)?;
            }
            let details = json!({ "name": edit.name, "people": edit.people });
            tx.audit(now, Some(actor.user), "group.edit", &id.to_string(), &details)?;
            one(tx, row)
        })
        .await
}

pub async fn delete(app: &App, actor: &Actor, project: ProjectId, id: GroupId) -> Result<()> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write_in(Turn::audited(project), move |tx| {
            Access::manager(tx, &actor, project)?;
            let row = tx.group(project, id)?.ok_or(Error::not_found("group"))?;
            let view = one(tx, row)?;
            if let Some((_, first)) = view.batches.first() {
                let more = match view.batches.len() {
                    1 => String::new(),
                    n => format!(" and {} more", n - 1),
                };
                let message = format!("batch `{first}`{more} is open to group `{}`", view.row.name);
                return Err(Error::conflict("group_in_use", message)
                    .hint("change whom the batch is open to first, or take people out of the group instead")
                    .details(json!({ "batches": view.batches.iter().map(|it| it.0.to_string()).collect::<Vec<_>>() })));
            }
            let standing = tx.standing_batches(project)?;
            if let Some(row) = standing.iter().find(|row| row.plan.open_to.groups.contains(&id)) {
                let message =
                    format!("the batches of standing batch `{}` are open to group `{}`", row.name, view.row.name);
                return Err(Error::conflict("group_in_use", message)
                    .hint("change whom they are open to first, or take people out of the group instead"));
            }
            tx.delete_group(project, id)?;
            let details = json!({ "name": view.row.name });
            tx.audit(now, Some(actor.user), "group.delete", &id.to_string(), &details)?;
            Ok(())
        })
        .await
}

fn one(tx: &Tx<'_>, row: GroupRow) -> Result<GroupView> {
    views(tx, row.project, vec![row])?.pop().ok_or(Error::not_found("group"))
}

fn views(tx: &Tx<'_>, project: ProjectId, rows: Vec<GroupRow>) -> Result<Vec<GroupView>> {
    let people = tx.group_people(project)?;
    let batches = tx.batches(project)?;
    let open: Vec<_> = batches.iter().filter(|it| it.ended.is_none()).collect();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut view = GroupView { people: Vec::new(), batches: Vec::new(), row };
        for (_, person) in people.iter().filter(|(group, _)| *group == view.row.id) {
            view.people.extend(tx.person_name(*person)?);
        }
        view.people.sort_by(|a, b| a.name.cmp(&b.name));
        let named = open.iter().filter(|batch| batch.open_to.groups.contains(&view.row.id));
        view.batches = named.map(|batch| (batch.id, batch.name.clone())).collect();
        out.push(view);
    }
    Ok(out)
}

fn checked_name(there: &[GroupRow], itself: Option<GroupId>, name: &str) -> Result<String> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let message = format!("must have 1 to {NAME_CHARS_MAX} characters, none of them a control character");
        return Err(Error::problems("bad_name", vec![Problem::new("name", message)]));
    }
    if there.iter().any(|row| row.name == name && Some(row.id) != itself) {
        return Err(Error::conflict("name_taken", format!("there is a group `{name}` already"))
            .hint("choose another name"));
    }
    Ok(name.to_owned())
}

fn checked_people(tx: &Tx<'_>, project: ProjectId, people: &[UserId]) -> Result<()> {
    let mut problems = Vec::new();
    if people.len() > PEOPLE_MAX {
        problems.push(Problem::new("people", format!("a group has at most {PEOPLE_MAX} people")));
    }
    for (at, person) in people.iter().take(PEOPLE_MAX).enumerate() {
        if tx.roles(project, *person)?.is_empty() {
            problems.push(Problem::new(format!("people[{at}]"), "is nobody in this project"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::problems("bad_people", problems)) }
}
