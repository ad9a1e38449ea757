//! Groups of a project's people, as Scale's Studio has them: Sheaf's groups, with their people by address.

use serde_json::{Value, json};
use sheaf_model::{ProjectId, UserId};
use sheaf_store::Tx;

use super::find::{self, To};
use super::params::{Params, bad, missing};
use super::{Client, teams};
use crate::groups::{self, GroupEdit, GroupView};
use crate::{App, Error, Result};

fn view(tx: &Tx<'_>, group: &GroupView) -> Result<Value> {
    let mut workers = Vec::new();
    for person in &group.people {
        if let Some(user) = tx.user(person.id)? {
            workers.push(json!({ "id": user.id.to_string(), "email": user.email }));
        }
    }
    Ok(json!({
        "id": group.row.id.to_string(),
        "name": group.row.name,
        "numWorkers": workers.len(),
        "isSingleton": false,
        "workers": workers,
    }))
}

async fn project(app: &App, client: &Client, name: String) -> Result<ProjectId> {
    let actor = client.actor.clone();
    app.store().read(move |tx| Ok(find::project(tx, &actor, &name, To::Change)?.project.id)).await
}

async fn people(app: &App, emails: Vec<String>) -> Result<Vec<UserId>> {
    let find = move |tx: &Tx<'_>| {
        let ids = emails.iter().map(|email| Ok(teams::somebody(tx, email)?.id));
        ids.collect::<Result<Vec<_>>>()
    };
    app.store().read(find).await
}

async fn shown(app: &App, group: GroupView) -> Result<Value> {
    app.store().read(move |tx| view(tx, &group)).await
}

/// `GET studio/projects/{project}/groups`.
pub async fn list(app: &App, client: &Client, name: String) -> Result<Vec<Value>> {
    let project = project(app, client, name).await?;
    let all = groups::list(app, &client.actor, project).await?;
    app.store().read(move |tx| all.iter().map(|group| view(tx, group)).collect()).await
}

/// `POST studio/projects/{project}/groups`.
pub async fn create(app: &App, client: &Client, name: String, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let group = body.take_text("name")?.ok_or_else(|| missing("name"))?;
    let people = people(app, teams::emails(&mut body, "emails")?).await?;
    let project = project(app, client, name).await?;
    shown(app, groups::create(app, &client.actor, project, group, people).await?).await
}

/// `PUT studio/projects/{project}/groups/{group}`: adds and takes out.
pub async fn edit(app: &App, client: &Client, name: String, group: String, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let mut named =
        |name: &str| if body.get(name).is_some() { teams::emails(&mut body, name) } else { Ok(Vec::new()) };
    let (add, remove) = (named("add_emails")?, named("remove_emails")?);
    let (add, remove) = (people(app, add).await?, people(app, remove).await?);
    let project = project(app, client, name).await?;
    let all = groups::list(app, &client.actor, project).await?;
    let known = all.into_iter().find(|it| it.row.name == group || it.row.id.to_string() == group);
    let known = known.ok_or(Error::not_found("group"))?;
    if add.iter().any(|person| remove.contains(person)) {
        return Err(bad("somebody is to be added and to be removed"));
    }
    let mut wanted: Vec<UserId> = known.people.iter().map(|person| person.id).collect();
    wanted.retain(|person| !remove.contains(person));
    wanted.extend(add.into_iter().filter(|person| !known.people.iter().any(|it| it.id == *person)));
    let edit = GroupEdit { name: None, people: Some(wanted) };
    shown(app, groups::edit(app, &client.actor, project, known.row.id, edit).await?).await
}
