//! `sheaf restore`: a backup back into a data folder.

use std::path::PathBuf;

use anyhow::{Result, bail};
use sheaf_store::transfer;

use crate::Outcome;
use crate::session::DataArgs;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder that `sheaf backup` wrote.
    from: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Replace the data that is there; its database is kept beside the new one.
    #[arg(long)]
    replace: bool,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    if args.data.database.is_some() {
        bail!("a backup of PostgreSQL is put back with its own means (pg_restore)");
    }
    args.data.contents_are_here(transfer::has_contents(&args.from))?;
    let dir = &args.data.data;
    let done = transfer::restore(&args.from, dir, args.replace)?;
    let kept = if done.replaced { "; the database before it is `sheaf.db.replaced` beside it" } else { "" };
    eprintln!(
        "`{}` is as it was in the backup: a database of {}; {}{kept}",
        dir.display(),
        super::size(done.bytes),
        super::contents(Some(done.contents))
    );
    // With an object store nothing is missing that was not looked for.
    Ok(super::unless_missing(args.data.blobs.is_none().then_some(done.contents)))
}
