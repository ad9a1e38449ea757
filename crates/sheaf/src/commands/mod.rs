//! One file a command.

pub(crate) mod batch;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod gc;
pub(crate) mod group;
pub(crate) mod import;
pub(crate) mod project;
pub(crate) mod query;
pub(crate) mod queue;
pub(crate) mod saved_query;
pub(crate) mod serve;
pub(crate) mod standing;
pub(crate) mod update;
pub(crate) mod webhook;

use anyhow::Context;

/// Writes data to stdout. A reader that went away is no error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to stdout")
        }
        _ => Ok(()),
    }
}
