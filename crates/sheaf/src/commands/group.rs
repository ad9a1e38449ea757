//! `sheaf group`: groups of a project's people.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::batch::{Where, serving::ids};
use super::project::find;
use crate::Outcome;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the groups and who is in them.
    List(Where),
    /// Make a group.
    Create(Set),
    /// Say who is in a group; nobody else is.
    Set(Set),
    /// Give a group another name.
    Rename {
        /// Name or id.
        group: String,
        name: String,
        #[command(flatten)]
        place: Where,
    },
    /// Remove a group that no batch is open to.
    Delete {
        /// Name or id.
        group: String,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Args)]
pub(crate) struct Set {
    /// Name of the group.
    group: String,
    /// Somebody in it; may be given several times.
    #[arg(long = "person", value_name = "EMAIL|NAME|ID")]
    people: Vec<String>,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    let place = match &command {
        Command::List(place) | Command::Rename { place, .. } | Command::Delete { place, .. } => place,
        Command::Create(set) | Command::Set(set) => &set.place,
    };
    let session = Session::connect(&place.connect)?;
    let client = &session.client;
    let project = find(client, place.project.as_deref())?;
    let base = format!("/api/projects/{}/groups", project.id);
    let path = |group: &String| -> Result<String> {
        let found = ids(client, &project, "groups", std::slice::from_ref(group))?;
        Ok(format!("{base}/{}", found[0].as_str().unwrap_or_default()))
    };
    match &command {
        Command::List(_) => {
            for group in client.all::<Value>(&format!("{base}?limit=500"))? {
                show(&group, place.json)?;
            }
        }
        Command::Create(set) => {
            let people = ids(client, &project, "members", &set.people)?;
            let new = json!({ "name": set.group, "people": people });
            show(&client.post::<Value>(&base, &new)?, place.json)?;
        }
        Command::Set(set) => {
            let people = ids(client, &project, "members", &set.people)?;
            let changed: Value = client.patch(&path(&set.group)?, &json!({ "people": people }))?;
            show(&changed, place.json)?;
        }
        Command::Rename { group, name, .. } => {
            let changed: Value = client.patch(&path(group)?, &json!({ "name": name }))?;
            show(&changed, place.json)?;
        }
        Command::Delete { group, .. } => client.delete(&path(group)?)?,
    }
    Ok(Outcome::Done)
}

fn show(group: &Value, as_json: bool) -> Result<()> {
    if as_json {
        return super::print(&group.to_string());
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let people: Vec<String> =
        group["people"].as_array().into_iter().flatten().map(|person| text(&person["name"])).collect();
    super::print(&format!("{}\t{}\t{}", text(&group["id"]), text(&group["name"]), people.join(", ")))
}
