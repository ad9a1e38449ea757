//! Checking the data against itself: the file, the counts, the members, the queue's invariants, the contents; and, deep,
//! the index made anew from the rows and every content read through. Tests use it after everything they do.
//!
//! It reads one snapshot and changes nothing, so it may run while the data is in use.

mod answers;
mod batches;
mod index;
mod library;
mod prelabels;
mod quality;
mod queue;

use std::fmt;

use sheaf_model::ProjectId;
use sheaf_store::blobs::Present;
use sheaf_store::{StoreError, Tx};

use crate::users::need_admin;
use crate::{Actor, App, Result};

/// Findings that are kept; beyond it they are only counted.
pub const FINDINGS_MAX: usize = 1_000;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub table: &'static str,
    /// Which row, as far as it can be told.
    pub key: String,
    pub what: String,
    /// What to do about it.
    pub fix: &'static str,
    /// The sealed chunk whose index is to be made anew.
    pub chunk: Option<(ProjectId, u32)>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}; {}", self.table, self.key, self.what, self.fix)
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    pub projects: u64,
    pub assets: u64,
    /// Sealed chunks whose index was made anew and compared.
    pub chunks: u64,
    pub batches: u64,
    pub slots: u64,
    pub submissions: u64,
    pub contents: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The first thousand.
    pub findings: Vec<Finding>,
    pub n_findings: u64,
    pub checked: Checked,
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.n_findings == 0
    }
}

/// The check for an admin.
pub async fn check(app: &App, actor: &Actor, deep: bool) -> Result<Report> {
    need_admin(actor)?;
    let app = app.clone();
    crate::uploads::blocking(move || run(&app, deep)).await
}

/// Checks everything, on the calling thread. `deep` reads every row and content: minutes at ten million assets.
pub fn run(app: &App, deep: bool) -> Result<Report> {
    app.store().read_blocking(|tx| {
        let mut check = Check { app, tx, deep, present: None, report: Report::default() };
        for line in tx.integrity()? {
            check.find("sqlite", "file", line, RESTORE);
        }
        // In a damaged file nothing that is read can be trusted.
        if check.report.is_clean() {
            if !deep {
                // After the snapshot began: what it names was there by then.
                check.present = Some(app.store().blobs().present()?);
            }
            for project in tx.project_ids()? {
                check.report.checked.projects += 1;
                check.project(project)?;
            }
        }
        Ok(check.report)
    })
}

/// Makes the index anew where a check found it wrong; the number of chunks. The rows are the truth.
pub fn repair_index(app: &App, report: &Report) -> Result<usize> {
    let mut chunks: Vec<(ProjectId, u32)> =
        report.findings.iter().filter_map(|finding| finding.chunk).collect();
    chunks.sort_unstable();
    chunks.dedup();
    for &(project, chunk) in &chunks {
        app.store()
            .write_blocking_in(project, move |tx| Ok::<_, crate::Error>(tx.rebuild_chunk(project, chunk)?))?;
        app.cache().forget(project.0);
    }
    Ok(chunks.len())
}

const RESTORE: &str = "restore a backup";
const REINDEX: &str = "stop the server and run sheaf check --repair: the index is made anew from the rows";
const UPLOAD_AGAIN: &str = "upload the file again under its reference id, or restore a backup";
const REPORT_IT: &str = "restore a backup, and report it: this must not happen";

struct Check<'t> {
    app: &'t App,
    tx: &'t Tx<'t>,
    deep: bool,
    /// Which blobs are there, when it is not asked what is in them.
    present: Option<Present<'t>>,
    report: Report,
}

impl Check<'_> {
    fn find(
        &mut self,
        table: &'static str,
        key: impl fmt::Display,
        what: impl Into<String>,
        fix: &'static str,
    ) {
        self.add(Finding { table, key: key.to_string(), what: what.into(), fix, chunk: None });
    }

    fn add(&mut self, finding: Finding) {
        self.report.n_findings += 1;
        if self.report.findings.len() < FINDINGS_MAX {
            self.report.findings.push(finding);
        }
    }

    fn project(&mut self, id: ProjectId) -> Result<()> {
        let Some(project) = self.tx.project(id)? else { return Ok(()) };
        if project.taxonomy_version > 0 && self.tx.taxonomy(id, project.taxonomy_version)?.is_none() {
            self.find(
                "projects",
                id,
                format!("its taxonomy version {} is not there", project.taxonomy_version),
                RESTORE,
            );
        }
        library::check(self, &project)?;
        index::check(self, &project)?;
        batches::check(self, &project)?;
        prelabels::check(self, &project)?;
        answers::check(self, &project)
    }
}

/// An unreadable row is a finding and not the end of the check.
fn readable<T>(
    check: &mut Check<'_>,
    table: &'static str,
    key: impl fmt::Display,
    read: Result<T, StoreError>,
) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(error) => {
            check.find(table, key, error.to_string(), RESTORE);
            None
        }
    }
}
