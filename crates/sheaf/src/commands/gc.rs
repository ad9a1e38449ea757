//! `sheaf gc`: removes files that nothing names any more.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use sheaf_app::gc::{self, Mode};

use crate::Outcome;
use crate::running::told;
use crate::session::DataArgs;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Only say what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// Hours that a file must have been there; more than the oldest backup whose files you did not copy.
    #[arg(long, value_name = "HOURS", default_value_t = gc::OLDER_THAN.as_secs() / 3600,
        value_parser = clap::value_parser!(u64).range(1..=876_000))]
    older_than: u64,
    /// Remove them also when they are more than half of all old files.
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    args.data.must_be_there()?;
    let app = args.data.open()?;
    let older_than = Duration::from_secs(args.older_than * 3600);
    let mode = match (args.dry_run, args.yes) {
        (true, _) => Mode::Look,
        (_, true) => Mode::RemoveAll,
        _ => Mode::Remove,
    };
    let report = gc::run(&app, older_than, mode).map_err(told)?;
    if args.json {
        let value = json!({
            "blobs": report.blobs, "bytes": report.bytes, "young": report.young, "unused": report.unused,
            "unused_bytes": report.unused_bytes, "removed": report.removed, "spared": report.spared,
        });
        super::print(&value.to_string())?;
    }
    eprintln!(
        "{} files of {} MB; {} younger than {} h; nothing names {} of {} MB; {}",
        report.blobs,
        report.bytes / 1_000_000,
        report.young,
        args.older_than,
        report.unused,
        report.unused_bytes / 1_000_000,
        if args.dry_run { "nothing was removed".to_owned() } else { format!("{} removed", report.removed) }
    );
    Ok(Outcome::Done)
}
