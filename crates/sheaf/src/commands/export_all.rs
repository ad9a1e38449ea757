//! `sheaf export-all`: the whole instance into a folder, for another database or for keeping.

use std::path::PathBuf;

use anyhow::Result;
use sheaf_app::{Clock, SystemClock};
use sheaf_store::transfer;

use crate::Outcome;
use crate::session::DataArgs;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// New folder for the export.
    out: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Leave out the contents of assets, which move by other means.
    #[arg(long)]
    without_blobs: bool,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    args.data.contents_are_here(!args.without_blobs)?;
    let database = args.data.database.as_deref();
    let done = transfer::export_all(
        &args.data.data,
        database,
        &args.out,
        !args.without_blobs,
        SystemClock::default().now(),
        &mut |table| tracing::info!(table, "exporting"),
    )?;
    eprintln!(
        "{} rows of {} tables, {}, are in `{}`; {}",
        done.rows,
        done.tables,
        super::size(done.bytes),
        args.out.display(),
        super::contents(done.contents)
    );
    Ok(super::unless_missing(done.contents))
}
