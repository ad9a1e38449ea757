//! `sheaf import`: files, folders or a manifest become an upload. Run again it goes on where it stopped: the name of the
//! upload is the same, and the server says which files it has.

mod answers;
mod manifest;
mod other;
mod send;
mod walk;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::project::{Project, find};
use crate::Outcome;
use crate::client::{Client, escaped};
use crate::session::{ConnectArgs, Session};

/// Problems that are shown; the report has all.
const PROBLEMS_SHOWN: usize = 10;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name or id of the project; may be left out when there is only one.
    #[arg(long, value_name = "NAME|ID")]
    project: Option<String>,
    /// Name of the upload; the name of the first file or folder when it is left out.
    #[arg(long, value_name = "UPLOAD")]
    name: Option<String>,
    /// Make a batch of this name of everything in the upload.
    #[arg(long, value_name = "NAME")]
    batch: Option<String>,
    /// Launch the batch at once.
    #[arg(long, requires = "batch")]
    launch: bool,
    /// Exit with 0 although some of it was refused.
    #[arg(long)]
    allow_refused: bool,
    /// Print the finished upload as JSON.
    #[arg(long)]
    json: bool,
    /// The paths are of another tool: its assets come in, and its annotations as pre-labels.
    #[arg(long, value_name = "FORMAT", value_parser = other_format)]
    format: Option<sheaf_formats::Format>,
    /// Folder of the images that the files of the other tool name; theirs when it is left out.
    #[arg(long, value_name = "DIR", requires = "format")]
    images: Option<PathBuf>,
    /// The assets are in this upload already: bring in pre-labels only.
    #[arg(long, value_name = "UPLOAD", requires = "format", conflicts_with_all = ["images", "batch"])]
    onto: Option<String>,
    /// Pixels of Pascal VOC files count from 0 instead of from 1 (labelImg, deepforest).
    #[arg(long, requires = "format")]
    zero_based: bool,
    /// What people answered in the other tool comes in as answers, in a batch of this name; the rest as pre-labels.
    #[arg(long, value_name = "BATCH", requires = "format")]
    answers: Option<String>,
    /// Write the pre-labels into this file instead of bringing them in.
    #[arg(long, value_name = "FILE", requires = "format")]
    prelabels: Option<PathBuf>,
    #[command(flatten)]
    connect: ConnectArgs,
    /// Folders, files, zip archives, or one manifest (.csv, .tsv, .jsonl).
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
}

/// What is read of an upload.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) counts: Counts,
    job: Option<Job>,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
pub(super) struct Counts {
    received: u64,
    added: u64,
    updated: u64,
    duplicates: u64,
    pub(super) refused: u64,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
struct Job {
    state: String,
    done: u64,
    total: Option<u64>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    row: Option<i64>,
    path: Option<String>,
    code: String,
    message: String,
}

fn other_format(text: &str) -> Result<sheaf_formats::Format, String> {
    let all = sheaf_formats::Format::ALL;
    all.into_iter()
        .find(|format| format.as_str() == text)
        .ok_or_else(|| format!("it must be one of {}", all.map(sheaf_formats::Format::as_str).join(", ")))
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    if let Some(format) = args.format {
        return other::run(args, format);
    }
    let is_manifest = manifest::is_one(&args.paths);
    let mut files = if is_manifest { Vec::new() } else { walk::files(&args.paths)? };
    if files.is_empty() && !is_manifest {
        bail!("there are no files in what was named");
    }
    let session = Session::connect(&args.connect)?;
    let client = &session.client;
    let project = find(client, args.project.as_deref())?;
    let name = match args.name.or_else(|| walk::name(&args.paths)) {
        Some(name) => name,
        None => bail!("give the upload a name with --name"),
    };
    let mut new = json!({ "name": name, "source": "cli" });
    if let Some(batch) = &args.batch {
        new["batch"] = json!({ "name": batch, "launch": args.launch });
    }
    let (upload, base) = begin(client, &project, &new)?;

    if is_manifest {
        let path = &args.paths[0];
        if upload.job.as_ref().is_some_and(|job| job.state == "running") {
            eprintln!("the server is reading the manifest of this upload already; waiting for it");
        } else {
            manifest::stage(client, &base, path)?;
            manifest::commit(client, &base, &[])?;
        }
        manifest::wait(client, &base)?;
        files = manifest::named_files(path)?;
    }
    if !files.is_empty() {
        send::all(client, &base, files)?;
    }
    finish(&session, &base, args.json, args.allow_refused)
}

/// Begins an upload, or goes on with the one of the same name; where it is.
pub(super) fn begin(client: &Client, project: &Project, new: &Value) -> Result<(Upload, String)> {
    let upload: Upload = client.post(&format!("/api/projects/{}/uploads", project.id), new)?;
    eprintln!("upload `{}` into project `{}`", upload.name, project.name);
    let base = format!("/api/projects/{}/uploads/{}", project.id, upload.id);
    Ok((upload, base))
}

/// Finishes an upload and says what came of it.
pub(super) fn finish(session: &Session, base: &str, json: bool, allow_refused: bool) -> Result<Outcome> {
    let client = &session.client;
    let finished: Upload =
        client.post(&format!("{base}/finish"), &json!({})).context("cannot finish the upload")?;
    summary(client, base, &finished, session.lasting.as_deref())?;
    if json {
        super::print(&serde_json::to_string_pretty(&finished)?)?;
    }
    let refused = finished.counts.refused > 0 && !allow_refused;
    Ok(if refused { Outcome::Refused } else { Outcome::Done })
}

fn summary(client: &Client, base: &str, upload: &Upload, lasting: Option<&str>) -> Result<()> {
    let counts = &upload.counts;
    eprintln!(
        "{} received: {} added, {} updated, {} there before, {} refused",
        counts.received, counts.added, counts.updated, counts.duplicates, counts.refused
    );
    if let Some(Value::String(batch)) = upload.rest.get("batch_id") {
        eprintln!("batch {batch} was made of it");
    }
    if counts.refused == 0 {
        return Ok(());
    }
    #[derive(Deserialize)]
    struct Page {
        items: Vec<Problem>,
    }
    let page: Page = client.get(&format!("{base}/report?limit={PROBLEMS_SHOWN}"))?;
    for problem in &page.items {
        let place = match (&problem.path, problem.row) {
            (Some(path), Some(row)) => format!("{path} (row {row})"),
            (Some(path), None) => path.clone(),
            (None, Some(row)) => format!("row {row}"),
            (None, None) => "the upload".to_owned(),
        };
        eprintln!("  {place}: {} [{}]", problem.message, problem.code);
    }
    let more = counts.refused.saturating_sub(page.items.len() as u64);
    if more > 0 {
        eprintln!("  and {more} more");
    }
    match lasting {
        Some(url) => eprintln!("the whole report: {url}{base}/report?format=csv"),
        None => eprintln!("the whole report is on the page of the upload `{}`", upload.name),
    }
    Ok(())
}

/// Address of a part of a file.
fn file_address(base: &str, path: &str, size: u64, offset: u64) -> String {
    format!("{base}/files?path={}&size={size}&offset={offset}", escaped(path))
}
