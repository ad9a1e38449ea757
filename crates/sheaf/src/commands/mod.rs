//! One file a command.

pub(crate) mod answers;
pub(crate) mod backup;
pub(crate) mod batch;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod export_all;
pub(crate) mod gc;
pub(crate) mod group;
pub(crate) mod import;
pub(crate) mod import_all;
pub(crate) mod migrate_from;
pub(crate) mod prelabels;
pub(crate) mod project;
pub(crate) mod query;
pub(crate) mod queue;
pub(crate) mod restore;
pub(crate) mod saved_query;
pub(crate) mod serve;
pub(crate) mod standing;
pub(crate) mod sync;
pub(crate) mod update;
pub(crate) mod webhook;

use anyhow::Context;
use sheaf_store::transfer::Contents;

use crate::Outcome;

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

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    let mib = bytes as f64 / f64::from(1 << 20);
    if mib < 10.0 { format!("{mib:.2} MiB") } else { format!("{mib:.0} MiB") }
}

/// What became of the contents of assets, for people.
fn contents(count: Option<Contents>) -> String {
    let Some(count) = count else { return "contents move by other means".to_owned() };
    let missing = match count.missing {
        0 => String::new(),
        n => format!(", {n} are missing (`sheaf check` names them)"),
    };
    format!("{} contents, {}, were copied{missing}", count.files, size(count.bytes))
}

/// What is missing is told by the exit code, too.
fn unless_missing(count: Option<Contents>) -> Outcome {
    if count.is_some_and(|count| count.missing > 0) { Outcome::Refused } else { Outcome::Done }
}
