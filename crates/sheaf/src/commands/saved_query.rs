//! `sheaf saved-query`: queries kept under a name; and using one in another command as `@NAME`.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::batch::Where;
use super::project::{Project, find};
use crate::Outcome;
use crate::client::Client;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List your own and the shared ones.
    List(Where),
    /// Keep a query.
    Save(Save),
    /// Forget a query.
    Delete {
        /// Name or id.
        saved_query: String,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Args)]
pub(crate) struct Save {
    name: String,
    query: String,
    /// `ordinal` or a field, with `-` before it the other way round.
    #[arg(long, value_name = "FIELD")]
    sort: Option<String>,
    /// For everybody who sees the library; otherwise for you alone.
    #[arg(long)]
    shared: bool,
    #[command(flatten)]
    place: Where,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::List(place) => {
            let session = Session::connect(&place.connect)?;
            let project = find(&session.client, place.project.as_deref())?;
            for saved in all(&session.client, &project)? {
                show(&saved, place.json)?;
            }
        }
        Command::Save(args) => {
            let session = Session::connect(&args.place.connect)?;
            let project = find(&session.client, args.place.project.as_deref())?;
            let new =
                json!({ "name": args.name, "query": args.query, "sort": args.sort, "shared": args.shared });
            let path = format!("/api/projects/{}/saved-queries", project.id);
            show(&session.client.post::<Value>(&path, &new)?, args.place.json)?;
        }
        Command::Delete { saved_query, place } => {
            let session = Session::connect(&place.connect)?;
            let project = find(&session.client, place.project.as_deref())?;
            let saved = named(&session.client, &project, &saved_query)?;
            let id = saved["id"].as_str().unwrap_or_default();
            session.client.delete(&format!("/api/projects/{}/saved-queries/{id}", project.id))?;
        }
    }
    Ok(Outcome::Done)
}

/// The query and order that are meant: `@NAME` is a saved query with its own order, unless another is asked for.
pub(crate) fn resolve(
    client: &Client,
    project: &Project,
    query: String,
    sort: Option<String>,
) -> Result<(String, Option<String>)> {
    let Some(name) = query.strip_prefix('@') else { return Ok((query, sort)) };
    let saved = named(client, project, name)?;
    let text = |key: &str| saved[key].as_str().map(str::to_owned);
    Ok((text("query").unwrap_or_default(), sort.or_else(|| text("sort"))))
}

fn all(client: &Client, project: &Project) -> Result<Vec<Value>> {
    Ok(client.all(&format!("/api/projects/{}/saved-queries?limit=500", project.id))?)
}

/// The saved query of this name or id: one's own before somebody else's.
fn named(client: &Client, project: &Project, wanted: &str) -> Result<Value> {
    let mut found: Vec<Value> = all(client, project)?
        .into_iter()
        .filter(|saved| saved["name"] == wanted || saved["id"] == wanted)
        .collect();
    found.sort_by_key(|saved| saved["mine"] == false);
    match found.into_iter().next() {
        Some(saved) => Ok(saved),
        None => bail!("there is no saved query `{wanted}` in project `{}`", project.name),
    }
}

fn show(saved: &Value, as_json: bool) -> Result<()> {
    if as_json {
        return super::print(&saved.to_string());
    }
    let text = |key: &str| saved[key].as_str().unwrap_or_default().to_owned();
    let shared = if saved["shared"] == true { "shared" } else { "private" };
    super::print(&format!("{}\t{}\t{shared}\t{}", text("id"), text("name"), text("query")))
}
