//! Projects of clients: made with a type, changed by versions of their parameters.

use serde_json::{Map, Value, json};
use sheaf_model::{Millis, Taxonomy, UserId};
use sheaf_store::Tx;
use sheaf_store::projects::ProjectRow;
use sheaf_store::scale::{ClientProject, ParamsRow};

use super::find::{self, To};
use super::params::{Params, bad, missing};
use super::{Client, TaskKind, taxonomy, time};
use crate::{Access, App, Error, Result, ids, projects, taxonomies, users};

/// `POST projects`.
pub async fn create(app: &App, client: &Client, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let name = body.take_text("name")?.ok_or_else(|| missing("name"))?;
    let kind = body.take_text("type")?.ok_or_else(|| missing("type"))?;
    let kind = known(&kind)?;
    let staged = body.take_bool("rapid")? | body.take_bool("studio")?;
    let params = Params::of(body.take("params").unwrap_or_default())?;
    users::need_admin(&client.actor)?;
    let (now, by) = (app.now(), client.actor.user);
    let asked = taxonomy::wanted(kind, &params);
    let new = projects::NewProject {
        name,
        media: kind.media(&params),
        taxonomy: (!asked.labels.is_empty() || !asked.fields.is_empty()).then_some(asked),
        instructions: params.text("instruction").unwrap_or_default().to_owned(),
        attribution: None,
    };
    let made = projects::prepared(app, by, &new)?;
    let key = ids::secret()?;
    app.store()
        .write(move |tx| {
            projects::insert(tx, &made, new.taxonomy, by, now)?;
            let client = ClientProject {
                project: made.id,
                kind: kind.as_str().to_owned(),
                staged,
                n_tasks: 0,
                callback_key: key,
                created: now,
            };
            tx.insert_client_project(&client)?;
            let first = ParamsRow { version: 0, params: params.to_text(), created: now };
            tx.insert_client_params(made.id, &first)?;
            view(tx, &made)
        })
        .await
}

/// `GET projects`: all that the caller sees; archived ones when they are asked for.
pub async fn list(app: &App, client: &Client, archived: bool) -> Result<Vec<Value>> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let all = find::projects(tx, &actor)?.into_iter().filter(|project| project.archived == archived);
            all.map(|project| view(tx, &project)).collect()
        })
        .await
}

/// `GET projects/{name}`.
pub async fn get(app: &App, client: &Client, name: String) -> Result<Value> {
    let actor = client.actor.clone();
    app.store().read(move |tx| view(tx, &find::project(tx, &actor, &name, To::Look)?.project)).await
}

/// A project by its name or id, as version 2 of the API asks for it.
pub async fn get_by(
    app: &App,
    client: &Client,
    by_id: Option<String>,
    name: Option<String>,
) -> Result<Value> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let access = find::project_by(tx, &actor, by_id.as_deref(), name.as_deref(), To::Look)?;
            view(tx, &access.project)
        })
        .await
}

/// `POST projects/{name}/setParams`: a new version; with `patch` over the one before, else instead of it.
pub async fn set_params(app: &App, client: &Client, name: String, body: Value) -> Result<Value> {
    let mut params = Params::of(body)?;
    let patch = params.take_bool("patch")?;
    let (now, actor) = (app.now(), client.actor.clone());
    app.store()
        .write(move |tx| {
            let access = find::project(tx, &actor, &name, To::Change)?;
            let id = access.project.id;
            let before = tx.client_params_at(id, None)?;
            let mut params = params;
            if patch && let Some(before) = &before {
                let mut all = Params::stored(&before.params)?;
                all.0.append(&mut params.0);
                params = all;
            }
            let client = tx.client_project(id)?;
            let Some(kind) = client.as_ref().and_then(|it| TaskKind::parse(&it.kind)) else {
                return Err(bad(
                    "the project was made in Sheaf and has no type yet; make a task in it first",
                ));
            };
            if kind.media(&params) != access.project.media {
                return Err(bad("these parameters are of another media than the project's"));
            }
            let version = before.map_or(0, |before| before.version + 1);
            tx.insert_client_params(id, &ParamsRow { version, params: params.to_text(), created: now })?;
            let mut project = access.project;
            asked(tx, &mut project, taxonomy::wanted(kind, &params), actor.user, now)?;
            if let Some(text) = params.text("instruction").filter(|text| *text != project.instructions) {
                project.instructions = text.to_owned();
                tx.update_project(&project)?;
            }
            view(tx, &project)
        })
        .await
}

/// `POST projects/{name}/setOntology`: what may be annotated, as the labels of a new version of the parameters.
pub async fn set_ontology(app: &App, client: &Client, name: String, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let ontology = body.take("ontology").ok_or_else(|| missing("ontology"))?;
    let (actor, project) = (client.actor.clone(), name.clone());
    let read = move |tx: &Tx<'_>| {
        let id = find::project(tx, &actor, &project, To::Change)?.project.id;
        Ok::<_, Error>(tx.client_project(id)?.map(|it| it.kind))
    };
    let kind = app.store().read(read).await?.unwrap_or_default();
    let params = match kind.as_str() {
        "imageannotation" => json!({ "geometries": { "box": { "objects_to_annotate": ontology } } }),
        "categorization" => json!({ "categories": ontology }),
        "namedentityrecognition" | "segmentannotation" => json!({ "labels": ontology }),
        _ => json!({ "objects_to_annotate": ontology }),
    };
    let mut params = Params::of(params)?;
    params.0.insert("patch".into(), true.into());
    set_params(app, client, name, Value::Object(params.0)).await
}

/// `GET projects/{name}/taskTemplates`: the variables of a text collection's project.
pub async fn template(app: &App, client: &Client, name: String) -> Result<Value> {
    let actor = client.actor.clone();
    app.store()
        .read(move |tx| {
            let project = find::project(tx, &actor, &name, To::Look)?.project;
            let of =
                tx.client_project(project.id)?.filter(|it| it.kind == "textcollection" || it.kind == "chat");
            if of.is_none() {
                return Err(bad("only projects for text collection and chat have a template"));
            }
            let params = tx.client_params_at(project.id, None)?;
            let (version, created, text) = params
                .map_or((0, project.created, "{}".to_owned()), |it| (it.version, it.created, it.params));
            let params = Params::stored(&text)?;
            Ok(json!({
                "id": project.id.to_string(),
                "version": version,
                "created_at": time::iso(project.created),
                "updated_at": time::iso(created),
                "template_variables": params.get("template_variables").cloned().unwrap_or_else(|| json!({})),
                "response_schema": params.list("fields"),
            }))
        })
        .await
}

/// What a project's callbacks show as `scale-callback-auth`; a new one when it is asked for. For managers.
pub async fn callback_key(app: &App, client: &Client, name: String, renew: bool) -> Result<Value> {
    let (actor, key, now) = (client.actor.clone(), ids::secret()?, app.now());
    app.store()
        .write(move |tx| {
            let access = find::project(tx, &actor, &name, To::Change)?;
            let mut client = used(tx, &access, None, now)?;
            if renew {
                tx.set_callback_key(client.project, &key)?;
                tx.audit(
                    now,
                    Some(actor.user),
                    "scale.callback_key",
                    &client.project.to_string(),
                    &json!({}),
                )?;
                client.callback_key = key;
            }
            Ok(json!({ "callback_key": client.callback_key }))
        })
        .await
}

pub(super) fn known(kind: &str) -> Result<TaskKind> {
    TaskKind::parse(kind).ok_or_else(|| {
        let all: Vec<&str> = TaskKind::all().map(TaskKind::as_str).collect();
        bad(format!("`{kind}` is not a type of task; they are {}", all.join(", ")))
    })
}

/// What a client has of a project; of one that was made in Sheaf it begins now, with the type of its first task.
pub(super) fn used(
    tx: &Tx<'_>,
    access: &Access,
    kind: Option<TaskKind>,
    now: Millis,
) -> Result<ClientProject> {
    if let Some(known) = tx.client_project(access.project.id)? {
        return Ok(known);
    }
    let guessed =
        if access.project.media == sheaf_model::Media::Text { "textcollection" } else { "imageannotation" };
    let new = ClientProject {
        project: access.project.id,
        kind: kind.map_or(guessed, TaskKind::as_str).to_owned(),
        staged: true,
        n_tasks: 0,
        callback_key: ids::secret()?,
        created: now,
    };
    tx.insert_client_project(&new)?;
    Ok(new)
}

/// Adds what is asked for to the project's taxonomy, when it is new.
pub(super) fn asked(
    tx: &Tx<'_>,
    project: &mut ProjectRow,
    wanted: Taxonomy,
    by: UserId,
    now: Millis,
) -> Result<()> {
    if wanted.labels.is_empty() && wanted.fields.is_empty() {
        return Ok(());
    }
    let current = tx.taxonomy(project.id, project.taxonomy_version)?;
    let current = current.map(|row| row.body).unwrap_or_default();
    if let Some(joined) = taxonomy::joined(&current, wanted) {
        project.taxonomy_version = taxonomies::add_version(tx, project, joined, by, now)?.version;
    }
    Ok(())
}

/// A project as clients see it.
pub(super) fn view(tx: &Tx<'_>, project: &ProjectRow) -> Result<Value> {
    let client = tx.client_project(project.id)?;
    let guessed =
        if project.media == sheaf_model::Media::Text { "textcollection" } else { "imageannotation" };
    let mut history = Vec::new();
    for row in tx.client_params(project.id)? {
        let mut version: Map<String, Value> = Params::stored(&row.params)?.0;
        version.insert("version".into(), row.version.into());
        version.insert("created_at".into(), time::iso(row.created).into());
        history.push(Value::Object(version));
    }
    if history.is_empty() {
        history.push(json!({
            "version": 0,
            "created_at": time::iso(project.created),
            "instruction": project.instructions,
        }));
    }
    Ok(json!({
        "id": project.id.to_string(),
        "name": project.name,
        "type": client.as_ref().map_or(guessed, |it| it.kind.as_str()),
        "types": [client.as_ref().map_or(guessed, |it| it.kind.as_str())],
        "param_history": history,
        "created_at": time::iso(project.created),
        "archived": project.archived,
        "studio": client.as_ref().is_none_or(|it| it.staged),
        "num_tasks": client.map_or(0, |it| it.n_tasks),
    }))
}
