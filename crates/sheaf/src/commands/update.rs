//! `sheaf update`: changes the metadata of many assets, out of a file with a patch a row or of what a query finds, and
//! waits until it is done. Run again it changes nothing more.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::project::find;
use crate::Outcome;
use crate::client::Client;
use crate::session::{ConnectArgs, Session};

/// Problems that are shown; the report has all.
const PROBLEMS_SHOWN: usize = 10;
const POLL: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name or id of the project; may be left out when there is only one.
    #[arg(long, value_name = "NAME|ID")]
    project: Option<String>,
    /// Change everything that this query finds, by --set and --unset.
    #[arg(long, value_name = "QUERY", conflicts_with = "file")]
    query: Option<String>,
    /// Give a field this value: JSON, or else text. May be given more than once.
    #[arg(long, value_name = "FIELD=VALUE", requires = "query")]
    set: Vec<String>,
    /// Remove a field. May be given more than once.
    #[arg(long, value_name = "FIELD", requires = "query")]
    unset: Vec<String>,
    /// What the file is, when its name does not say so.
    #[arg(long, value_name = "FORMAT", requires = "file")]
    format: Option<Format>,
    /// Exit with 0 although some of it was refused.
    #[arg(long)]
    allow_refused: bool,
    /// Print the finished update as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connect: ConnectArgs,
    /// JSONL with {"id" or "ref": "...", "metadata": {...}} a line, or CSV with a column `id` or `ref`; - reads stdin.
    #[arg(value_name = "FILE", required_unless_present = "query")]
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Jsonl,
    Csv,
}

#[derive(Debug, Deserialize, Serialize)]
struct Update {
    id: String,
    state: String,
    total: Option<u64>,
    done: u64,
    updated: u64,
    unchanged: u64,
    refused: u64,
    message: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Report {
    items: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    row: Option<i64>,
    code: String,
    message: String,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let patch = patch(&args.set, &args.unset)?;
    let session = Session::connect(&args.connect)?;
    let client = &session.client;
    let project = find(client, args.project.as_deref())?;
    let base = format!("/api/projects/{}/metadata-updates", project.id);
    let begun: Update = match (&args.query, &args.file) {
        (Some(query), _) if patch.is_empty() => {
            bail!("say what to do with what `{query}` finds: --set or --unset")
        }
        (Some(query), _) => client.post(&base, &json!({ "query": query, "metadata": patch }))?,
        (None, Some(file)) => send(client, &base, file, args.format)?,
        (None, None) => bail!("name a file, or a query with --query"),
    };
    let ended = wait(client, &base, begun)?;
    show_problems(client, &base, &ended)?;
    eprintln!(
        "{} of {} done: {} updated, {} as they were, {} refused",
        ended.done,
        ended.total.unwrap_or(ended.done),
        ended.updated,
        ended.unchanged,
        ended.refused
    );
    if args.json {
        super::print(&serde_json::to_string(&ended)?)?;
    }
    if ended.state != "done" {
        let why = ended.message.map_or_else(String::new, |message| format!(": {message}"));
        bail!("the update was {}{why}; run it again to do the rest", ended.state);
    }
    Ok(if ended.refused > 0 && !args.allow_refused { Outcome::Refused } else { Outcome::Done })
}

fn patch(set: &[String], unset: &[String]) -> Result<Map<String, Value>> {
    let mut patch = Map::new();
    for text in set {
        let Some((field, value)) = text.split_once('=').filter(|(field, _)| !field.is_empty()) else {
            bail!("`--set {text}` has no value; write --set FIELD=VALUE");
        };
        let value = match serde_json::from_str(value) {
            Ok(Value::Null) => bail!("`--set {text}`: to remove a field, write --unset {field}"),
            Ok(value) => value,
            Err(_) => Value::from(value),
        };
        patch.insert(field.to_owned(), value);
    }
    for field in unset {
        if patch.insert(field.clone(), Value::Null).is_some() {
            bail!("`{field}` is both set and unset");
        }
    }
    Ok(patch)
}

fn send(client: &Client, base: &str, file: &Path, format: Option<Format>) -> Result<Update> {
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    let format = match (format, extension.as_str()) {
        (Some(format), _) => format,
        (None, "csv" | "tsv") => Format::Csv,
        (None, "jsonl" | "ndjson" | "json") => Format::Jsonl,
        (None, _) if file == Path::new("-") => Format::Jsonl,
        (None, _) => bail!("is `{}` JSONL or CSV? say so with --format", file.display()),
    };
    let kind = match format {
        Format::Jsonl => "application/jsonl",
        Format::Csv => "text/csv",
    };
    let mut reader: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(file).with_context(|| format!("cannot read `{}`", file.display()))?)
    };
    client
        .post_stream(base, kind, &mut reader)
        .with_context(|| format!("`{}` cannot be used as an update", file.display()))
}

fn wait(client: &Client, base: &str, begun: Update) -> Result<Update> {
    let bar = ProgressBar::new(begun.total.unwrap_or(0));
    bar.set_style(ProgressStyle::with_template(
        "{bar:32} {human_pos}/{human_len} assets [{elapsed}, {eta} left]",
    )?);
    let at = format!("{base}/{}", begun.id);
    let mut update = begun;
    while update.state == "running" {
        bar.set_position(update.done);
        std::thread::sleep(POLL);
        update = client.get(&at)?;
    }
    bar.finish_and_clear();
    Ok(update)
}

fn show_problems(client: &Client, base: &str, update: &Update) -> Result<()> {
    if update.refused == 0 {
        return Ok(());
    }
    let report: Report = client.get(&format!("{base}/{}/report?limit={PROBLEMS_SHOWN}", update.id))?;
    for problem in &report.items {
        let row = problem.row.map_or_else(String::new, |row| format!("row {row}: "));
        eprintln!("{row}{} ({})", problem.message, problem.code);
    }
    let more = update.refused.saturating_sub(report.items.len() as u64);
    if more > 0 {
        eprintln!("and {more} more; the report has the first 10,000: GET {base}/{}/report", update.id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_or_text() {
        let set = ["a=1", "b=true", "c=rain", "d=[1,2]", "e=\"7\"", "f=x=y", "g="].map(str::to_owned);
        let want =
            json!({ "a": 1, "b": true, "c": "rain", "d": [1, 2], "e": "7", "f": "x=y", "g": "", "h": null });
        assert_eq!(Value::Object(patch(&set, &["h".to_owned()]).unwrap()), want);
        for bad in ["a", "=1", "a=null"] {
            assert!(patch(&[bad.to_owned()], &[]).is_err(), "{bad}");
        }
        assert!(patch(&["a=1".to_owned()], &["a".to_owned()]).is_err());
    }
}
