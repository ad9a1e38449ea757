//! `sheaf project`: the projects; and finding one by its name or id for the other commands.

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Outcome;
use crate::client::Client;
use crate::session::{ConnectArgs, Session};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the projects.
    List {
        #[command(flatten)]
        connect: ConnectArgs,
    },
    /// Make a project.
    Create {
        name: String,
        /// image or text
        #[arg(long, value_parser = ["image", "text"])]
        media: String,
        /// File with the taxonomy as JSON.
        #[arg(long, value_name = "FILE")]
        taxonomy: Option<std::path::PathBuf>,
        #[command(flatten)]
        connect: ConnectArgs,
    },
}

#[derive(Deserialize)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) media: String,
    #[serde(default)]
    n_assets: u64,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::List { connect } => {
            let session = Session::connect(&connect)?;
            for project in session.client.all::<Project>("/api/projects")? {
                super::print(&format!(
                    "{}\t{}\t{}\t{}",
                    project.id, project.media, project.n_assets, project.name
                ))?;
            }
        }
        Command::Create { name, media, taxonomy, connect } => {
            let mut new = json!({ "name": name, "media": media });
            if let Some(file) = taxonomy {
                let shown = file.display().to_string();
                let text =
                    std::fs::read_to_string(&file).with_context(|| format!("cannot read `{shown}`"))?;
                new["taxonomy"] =
                    serde_json::from_str(&text).with_context(|| format!("`{shown}` is not JSON"))?;
            }
            let made: Value = Session::connect(&connect)?.client.post("/api/projects", &new)?;
            super::print(made["id"].as_str().unwrap_or_default())?;
        }
    }
    Ok(Outcome::Done)
}

/// The project of this name or id; the only one when nothing is named.
pub(crate) fn find(client: &Client, wanted: Option<&str>) -> Result<Project> {
    let mut projects: Vec<Project> = client.all("/api/projects")?;
    let names = projects.iter().map(|project| format!("`{}`", project.name)).collect::<Vec<_>>().join(", ");
    let Some(wanted) = wanted else {
        return match (projects.pop(), projects.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => bail!("there is no project yet; make one with `sheaf project create`"),
            (Some(_), false) => bail!("there are several projects; name one of {names} with --project"),
        };
    };
    match projects.into_iter().find(|project| project.name == wanted || project.id == wanted) {
        Some(project) => Ok(project),
        None => bail!("there is no project `{wanted}`; there are: {names}"),
    }
}
