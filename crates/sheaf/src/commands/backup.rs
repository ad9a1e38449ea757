//! `sheaf backup`: a copy of an SQLite instance, also while it is served.

use std::path::PathBuf;

use anyhow::{Result, bail};
use sheaf_app::{Clock, SystemClock};
use sheaf_store::transfer;

use crate::Outcome;
use crate::session::DataArgs;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// New folder for the backup.
    out: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Leave out the contents of assets, which are kept by other means.
    #[arg(long)]
    without_blobs: bool,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    if args.data.database.is_some() {
        bail!(
            "a backup of PostgreSQL is made with its own means (pg_dump); `sheaf export-all` works on both"
        );
    }
    args.data.contents_are_here(!args.without_blobs)?;
    let at = SystemClock::default().now();
    let done = transfer::backup(&args.data.data, &args.out, !args.without_blobs, at)?;
    eprintln!(
        "the backup is in `{}`: a database of {}; {}",
        args.out.display(),
        super::size(done.bytes),
        super::contents(done.contents)
    );
    Ok(super::unless_missing(done.contents))
}
