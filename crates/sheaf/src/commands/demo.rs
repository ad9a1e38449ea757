//! `sheaf demo`.

use crate::Outcome;
use crate::session::DataArgs;

/// Name of the file in the data folder that holds the accounts of the demo.
pub(crate) const LOGIN_FILE: &str = "demo-login.txt";

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
}

pub(crate) fn run(_args: Args) -> anyhow::Result<Outcome> {
    Ok(Outcome::Done)
}
