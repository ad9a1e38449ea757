//! `sheaf export`: answers of a project, a batch or a query, streamed to a file or to stdout.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::batch::batch_id;
use super::project::find;
use crate::Outcome;
use crate::client::escaped;
use crate::session::{ConnectArgs, Session};

const FORMATS: [&str; 8] = ["jsonl", "csv", "coco", "label-studio", "yolo", "voc", "ground-truth", "parquet"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name or id of the project; may be left out when there is only one.
    #[arg(long, value_name = "NAME|ID")]
    project: Option<String>,
    /// What to write; docs/formats.md says what each holds.
    #[arg(long, default_value = "jsonl", value_parser = FORMATS)]
    format: String,
    /// Only what this query finds.
    #[arg(long, value_name = "QUERY", default_value = "")]
    query: String,
    /// Only the tasks of this batch.
    #[arg(long, value_name = "NAME|ID")]
    batch: Option<String>,
    /// Also what has no answer yet.
    #[arg(long)]
    all: bool,
    /// One answer a task: majority, or reviewer for what a reviewer put in the place of several.
    #[arg(long, value_name = "RULE", value_parser = ["majority", "reviewer"])]
    merged: Option<String>,
    /// Of jsonl: also what models and tools said of each asset.
    #[arg(long)]
    with_prelabels: bool,
    /// File to write; stdout when it is left out.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    connect: ConnectArgs,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let session = Session::connect(&args.connect)?;
    let project = find(&session.client, args.project.as_deref())?;
    let mut path = format!(
        "/api/projects/{}/export?format={}&q={}&answers={}",
        project.id,
        args.format,
        escaped(&args.query),
        if args.all { "all" } else { "labelled" },
    );
    if let Some(batch) = &args.batch {
        path.push_str(&format!("&batch={}", batch_id(&session.client, &project, batch)?));
    }
    if let Some(rule) = &args.merged {
        path.push_str(&format!("&merged={rule}"));
    }
    if args.with_prelabels {
        path.push_str("&with=prelabels");
    }
    let bytes = match &args.output {
        Some(file) => {
            // Written beside and moved into place, so that a broken transfer leaves no file that looks whole.
            let folder =
                file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
            let mut part = tempfile::NamedTempFile::new_in(folder)
                .with_context(|| format!("cannot write into `{}`", folder.display()))?;
            let bytes = session.client.download(&path, &mut part)?;
            part.flush()?;
            part.persist(file).with_context(|| format!("cannot write `{}`", file.display()))?;
            File::open(file)?.sync_all()?;
            bytes
        }
        None => session.client.download(&path, &mut std::io::stdout().lock())?,
    };
    eprintln!("{bytes} bytes of {}", args.format);
    Ok(Outcome::Done)
}
