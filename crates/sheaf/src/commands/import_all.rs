//! `sheaf import-all`: an export into an empty instance.

use std::path::PathBuf;

use anyhow::Result;
use sheaf_store::transfer;

use crate::Outcome;
use crate::session::DataArgs;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder that `sheaf export-all` wrote.
    from: PathBuf,
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(args: Args) -> Result<Outcome> {
    args.data.contents_are_here(transfer::has_contents(&args.from))?;
    let database = args.data.database.as_deref();
    let done = transfer::import_all(&args.from, &args.data.data, database, &mut |table| {
        tracing::info!(table, "importing");
    })?;
    let contents = done.with_contents.then_some(done.contents);
    eprintln!(
        "{} rows of {} tables are there; {}. Do not serve the instance that it came from any more; `sheaf check` looks at this one",
        done.rows,
        done.tables,
        super::contents(contents)
    );
    Ok(super::unless_missing(contents))
}
