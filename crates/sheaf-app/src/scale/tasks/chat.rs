//! `POST v2/task/chat`: a task of a project for chats, named as version 2 of Scale's API does.

use serde_json::{Map, Value};

use super::{Expand, create, get_v2};
use crate::scale::find::{self, To};
use crate::scale::params::{Params, bad};
use crate::scale::{Client, params};
use crate::{App, Error, Result};

/// Makes a task of the type `chat`. Sheaf's desk does not show it: it is answered over the API.
pub async fn create_chat(app: &App, client: &Client, body: Value) -> Result<Value> {
    let mut body = Params::of(body)?;
    let (project_id, project_name) = (body.take_text("project_id")?, body.take_text("project_name")?);
    let (batch_id, batch_name) = (body.take_text("batch_id")?, body.take_text("batch_name")?);
    if !body.get("template_variables").is_none_or(Value::is_object) {
        return Err(bad("`template_variables` must be a JSON object"));
    }
    params::metadata(body.get("metadata").cloned())?;
    let actor = client.actor.clone();
    let (project, batch) = app
        .store()
        .read(move |tx| {
            let batch = match (&batch_id, &batch_name) {
                (None, None) => None,
                (id, name) => Some(find::batch_by(tx, &actor, id.as_deref(), name.as_deref(), To::Change)?),
            };
            let project = match (&project_id, &project_name) {
                (None, None) => None,
                (id, name) => Some(find::project_by(tx, &actor, id.as_deref(), name.as_deref(), To::Change)?),
            };
            let project = match (project, &batch) {
                (Some(access), Some((of, _))) if of.project.id != access.project.id => {
                    return Err(Error::not_found("batch"));
                }
                (Some(access), _) => access,
                (None, Some((of, _))) => of.clone(),
                (None, None) => return Err(bad("give a project, or a batch, by its id or name")),
            };
            Ok((project.project.name, batch.map(|(_, row)| row.name)))
        })
        .await?;
    let mut new: Map<String, Value> = body.0;
    new.insert("project".into(), project.into());
    new.insert("batch".into(), batch.into());
    let made = create(app, client, "chat", Value::Object(new), None).await?;
    let task = made["task_id"].as_str().unwrap_or_default().to_owned();
    get_v2(app, client, task, Expand::default()).await
}
