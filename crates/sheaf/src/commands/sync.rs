//! `sheaf sync`: what is new in a folder of a bucket becomes files of an upload. The server reads the bucket, so it must be
//! one that its operator named with --sources.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::json;

use super::import;
use super::project::find;
use crate::Outcome;
use crate::session::{ConnectArgs, Session};

const POLL: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name or id of the project; may be left out when there is only one.
    #[arg(long, value_name = "NAME|ID")]
    project: Option<String>,
    /// Name of the upload; the address when it is left out.
    #[arg(long, value_name = "UPLOAD")]
    name: Option<String>,
    /// Later objects have later names (days, numbers): look only at those after the last name of the last time.
    #[arg(long)]
    ascending: bool,
    /// Exit with 0 although some of it was refused.
    #[arg(long)]
    allow_refused: bool,
    /// Print the finished upload as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    connect: ConnectArgs,
    /// `s3://bucket/folder`, `gs://bucket/folder` or `az://container/folder`.
    #[arg(value_name = "ADDRESS")]
    address: String,
}

#[derive(Deserialize)]
struct Sync {
    address: String,
    state: String,
    looked: u64,
    taken: u64,
    message: Option<String>,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    let session = Session::connect(&args.connect)?;
    let client = &session.client;
    let project = find(client, args.project.as_deref())?;
    let name = args.name.as_deref().unwrap_or(&args.address);
    let new = json!({ "name": name, "source": "cli" });
    let (_, base) = import::begin(client, &project, &new)?;
    let at = format!("{base}/sync");
    let begun: Sync = client
        .post(&at, &json!({ "address": args.address, "ascending": args.ascending }))
        .context("cannot begin")?;
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {msg} [{elapsed}]")?);
    let mut sync = begun;
    while sync.state == "running" {
        bar.set_message(format!("{} objects looked at, {} taken", sync.looked, sync.taken));
        std::thread::sleep(POLL);
        sync =
            client.get::<Option<Sync>>(&at)?.context("the server has forgotten it; run the command again")?;
    }
    bar.finish_and_clear();
    if sync.state != "done" {
        let why = sync.message.unwrap_or(sync.state);
        bail!(
            "{why}; what was taken stays, and the same command goes on ({} objects looked at)",
            sync.looked
        );
    }
    eprintln!("{}: {} objects looked at, {} taken", sync.address, sync.looked, sync.taken);
    import::finish(&session, &base, args.json, args.allow_refused)
}
