//! `sheaf migrate-from`: brings a project from elsewhere, with what was answered there. The same command goes on where one that
//! was cut off ended.

mod scale;
mod source;
mod spool;

use anyhow::Result;
use clap::Subcommand;

use crate::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// A project of Scale, or of another server that speaks its API: batches, tasks and their responses.
    Scale(scale::Args),
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    match command {
        Command::Scale(args) => scale::run(args),
    }
}
