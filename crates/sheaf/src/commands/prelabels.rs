//! `sheaf prelabels`: what a model or another tool says of assets before people label them.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::batch::Where;
use super::project::{Project, find};
use crate::Outcome;
use crate::client::{Client, Failure, escaped};
use crate::session::Session;

/// Problems that are shown; `--json` has the first 1,000.
const PROBLEMS_SHOWN: usize = 10;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write pre-labels, each in the place of what its source said of the asset before. Run again it changes nothing.
    Put(Put),
    /// List the sources that there are pre-labels of.
    List(Where),
    /// Remove everything that a source says.
    Delete {
        /// Name of the model or tool.
        source: String,
        #[command(flatten)]
        place: Where,
    },
}

#[derive(Args)]
pub(crate) struct Put {
    /// JSONL, a line each: {"asset_id" or "reference_id": "..." or "upload" and "path": "...", "score": 0.83, "response": {...}};
    /// - reads stdin.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the model or tool, for lines that name none.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Write nothing, only say what would be.
    #[arg(long)]
    dry_run: bool,
    /// Exit with 0 although some of it was refused.
    #[arg(long)]
    allow_refused: bool,
    #[command(flatten)]
    place: Where,
}

/// What became of the rows.
#[derive(Deserialize)]
pub(super) struct Report {
    rows: u64,
    added: u64,
    replaced: u64,
    unchanged: u64,
    pub(super) refused: u64,
    problems: Vec<Problem>,
}

/// What is wrong with a row.
#[derive(Deserialize)]
pub(super) struct Problem {
    row: u64,
    path: String,
    message: String,
    hint: Option<String>,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    let place = match &command {
        Command::Put(put) => &put.place,
        Command::List(place) | Command::Delete { place, .. } => place,
    };
    let session = Session::connect(&place.connect)?;
    let client = &session.client;
    let project = find(client, place.project.as_deref())?;
    let base = address(&project);
    match &command {
        Command::Put(put) => {
            let mut path = format!("{base}?dry_run={}", put.dry_run);
            if let Some(source) = &put.source {
                path.push_str(&format!("&source={}", escaped(source)));
            }
            let failed = |shown: &str| format!("the pre-labels of `{shown}` cannot be written");
            let report: Report = send_file(client, &path, &put.file, put.place.json, failed)?;
            report.tell(put.dry_run);
            return Ok(if report.refused > 0 && !put.allow_refused {
                Outcome::Refused
            } else {
                Outcome::Done
            });
        }
        Command::List(place) => {
            let all: Value = client.get(&base)?;
            for item in all["items"].as_array().into_iter().flatten() {
                let line = match place.json {
                    true => item.to_string(),
                    false => format!(
                        "{}\t{} assets",
                        item["source"].as_str().unwrap_or_default(),
                        item["n_assets"]
                    ),
                };
                super::print(&line)?;
            }
        }
        Command::Delete { source, .. } => client.delete(&format!("{base}?source={}", escaped(source)))?,
    }
    Ok(Outcome::Done)
}

/// Sends a file of rows and prints the server's report, if it is to be printed; the report. `failed` says what did not come of the file.
pub(super) fn send_file<T: DeserializeOwned>(
    client: &Client,
    address: &str,
    file: &Path,
    json: bool,
    failed: impl Fn(&str) -> String,
) -> Result<T> {
    let done: Value =
        send(client, address, &mut *reader(file)?).with_context(|| failed(&file.display().to_string()))?;
    if json {
        super::print(&done.to_string())?;
    }
    serde_json::from_value(done).context("the server's report is not one")
}

/// A file of rows; `-` is stdin.
fn reader(file: &Path) -> Result<Box<dyn Read>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let shown = file.display();
    if file.is_dir() {
        bail!("`{shown}` is a folder; name a JSONL file");
    }
    Ok(Box::new(File::open(file).with_context(|| format!("cannot read `{shown}`"))?))
}

/// Where a project's pre-labels are.
pub(super) fn address(project: &Project) -> String {
    format!("/api/projects/{}/prelabels", project.id)
}

/// Sends rows, JSON lines, of any number.
pub(super) fn send<T: DeserializeOwned>(
    client: &Client,
    address: &str,
    rows: &mut dyn Read,
) -> Result<T, Failure> {
    client.put_stream(address, "application/jsonl", rows)
}

/// Says on stderr what is wrong with the first rows.
pub(super) fn tell_problems(problems: &[Problem]) {
    for Problem { row, path, message, hint } in problems.iter().take(PROBLEMS_SHOWN) {
        let hint = hint.as_ref().map_or_else(String::new, |hint| format!(" ({hint})"));
        let path = if path.is_empty() { String::new() } else { format!("`{path}` ") };
        eprintln!("row {row}: {path}{message}{hint}");
    }
    if problems.len() > PROBLEMS_SHOWN {
        eprintln!("and {} more; --json has the first 1,000", problems.len() - PROBLEMS_SHOWN);
    }
}

impl Report {
    /// Says on stderr what is wrong with the first rows, and how many there are of each kind.
    pub(super) fn tell(&self, dry_run: bool) {
        tell_problems(&self.problems);
        let would = if dry_run { ", if it were written" } else { "" };
        let Self { rows, added, replaced, unchanged, refused, .. } = self;
        eprintln!(
            "{rows} pre-labels: {added} added, {replaced} replaced, {unchanged} as they were, {refused} refused{would}"
        );
    }
}
