//! `sheaf answers`: answers that people gave in another tool come in as answers.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Deserialize;

use super::batch::Where;
use super::prelabels::{Problem, send_file, tell_problems};
use super::project::{Project, find};
use crate::Outcome;
use crate::client::escaped;
use crate::session::Session;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Bring answers in, into a batch of their own whose tasks are done. Run again it changes nothing.
    Put(Put),
}

#[derive(Args)]
pub(crate) struct Put {
    /// JSONL, a line each: {"asset_id" or "reference_id": "..." or "upload" and "path": "...", "annotator": "kim@x.org",
    /// "answered_at": "2026-05-31T12:00:00Z", "response": {...}}; - reads stdin.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of a new batch, or of one that was made by bringing answers in.
    #[arg(long, value_name = "NAME")]
    batch: String,
    /// Write nothing, only say what would be.
    #[arg(long)]
    dry_run: bool,
    /// Exit with 0 although some of it was refused.
    #[arg(long)]
    allow_refused: bool,
    #[command(flatten)]
    place: Where,
}

/// What became of the rows.
#[derive(Deserialize)]
pub(super) struct Report {
    rows: u64,
    added: u64,
    unchanged: u64,
    pub(super) refused: u64,
    problems: Vec<Problem>,
}

pub(crate) fn run(command: Command) -> Result<Outcome> {
    let Command::Put(put) = command;
    let session = Session::connect(&put.place.connect)?;
    let client = &session.client;
    let project = find(client, put.place.project.as_deref())?;
    let path = format!("{}&dry_run={}", address(&project, &put.batch), put.dry_run);
    let failed = |shown: &str| format!("the answers of `{shown}` cannot be brought in");
    let report: Report = send_file(client, &path, &put.file, put.place.json, failed)?;
    report.tell(put.dry_run);
    Ok(if report.refused > 0 && !put.allow_refused { Outcome::Refused } else { Outcome::Done })
}

/// Where the answers of a batch are brought in.
pub(super) fn address(project: &Project, batch: &str) -> String {
    format!("/api/projects/{}/answers?batch={}", project.id, escaped(batch))
}

impl Report {
    /// Says on stderr what is wrong with the first rows, and how many there are of each kind.
    pub(super) fn tell(&self, dry_run: bool) {
        tell_problems(&self.problems);
        let would = if dry_run { ", if it were written" } else { "" };
        let Self { rows, added, unchanged, refused, .. } = self;
        eprintln!("{rows} answers: {added} added, {unchanged} as they were, {refused} refused{would}");
    }
}
