//! One slice of an update, in one transaction: as many assets as fit into the time that others may be kept waiting.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use roaring::RoaringBitmap;
use serde_json::{Map, Value};
use sheaf_intake::{Problem, ProblemCode};
use sheaf_model::{AssetId, MetadataUpdateCounts, MetadataUpdateId, MetadataUpdateState, ProjectId};
use sheaf_select::CHUNK;
use sheaf_store::library::NewMetadata;
use sheaf_store::metadata_updates::MetadataProblemRow;
use sheaf_store::{StoreError, Tx};

use crate::metadata_updates::METADATA_BYTES_MAX;
use crate::metadata_updates::merge::merged;
use crate::metadata_updates::resolve::{Entry, unknown_reference};
use crate::{Error, Result};

/// How long a slice changes rows; the blocks of its last chunk and the commit come on top.
const SLICE_TIME: Duration = Duration::from_millis(35);
/// Pages of rows that a slice touches, about: scattered assets cost the commit a page each.
const SLICE_PAGES: u32 = 1_000;
/// Rows of assets on one page, about.
const ROWS_A_PAGE: u32 = 20;

/// Applies the first entries (by ordinal) and what was refused before; how many entries were done, one at least.
pub(super) fn apply(
    tx: &Tx<'_>,
    project: ProjectId,
    id: MetadataUpdateId,
    entries: &[Entry],
    refused: &[Problem],
) -> Result<usize> {
    let running =
        tx.metadata_update(project, id)?.is_some_and(|row| row.state == MetadataUpdateState::Running);
    if !running {
        return Err(Error::conflict("job_ended", "the update is no longer running"));
    }
    let mut slice = Slice::new(project);
    refused.iter().for_each(|problem| slice.refuse(problem.clone(), None));
    let (mut changed, mut n_done) = (RoaringBitmap::new(), 0);
    for chunk in entries.chunk_by(|a, b| a.ordinal / CHUNK == b.ordinal / CHUNK) {
        let assets: Vec<&[Entry]> = chunk.chunk_by(|a, b| a.ordinal == b.ordinal).collect();
        if slice.is_full() {
            break;
        }
        let mut at = 0;
        let done = tx.update_metadata(
            project,
            assets.iter().map(|rows| rows[0].ordinal),
            |ordinal, reference, old| {
                if slice.is_full() {
                    return Ok::<_, StoreError>(NewMetadata::Stop);
                }
                while assets[at][0].ordinal < ordinal {
                    at += 1;
                }
                Ok(slice.asset(assets[at], reference, old))
            },
        )?;
        changed |= done.changed;
        n_done += assets[..done.n_done].iter().map(|rows| rows.len()).sum::<usize>();
        if done.n_done < assets.len() {
            break;
        }
    }
    slice.counts.done = slice.counts.updated + slice.counts.unchanged + slice.counts.refused;
    tx.add_updated_assets(project, id, &changed)?;
    tx.add_metadata_problems(project, id, &slice.problems)?;
    tx.count_metadata_update(project, id, slice.counts)?;
    Ok(n_done)
}

struct Slice {
    project: ProjectId,
    started: Instant,
    counts: MetadataUpdateCounts,
    problems: Vec<MetadataProblemRow>,
    pages: u32,
    last_page: Option<u32>,
}

impl Slice {
    fn new(project: ProjectId) -> Self {
        Self {
            project,
            started: Instant::now(),
            counts: MetadataUpdateCounts::default(),
            problems: Vec::new(),
            pages: 0,
            last_page: None,
        }
    }

    /// Whether what is left is for the next transaction. Something is done in each.
    fn is_full(&self) -> bool {
        self.pages > 0 && (self.started.elapsed() >= SLICE_TIME || self.pages >= SLICE_PAGES)
    }

    /// Puts the patches of one asset into its metadata, one after the other.
    fn asset(&mut self, rows: &[Entry], reference: Option<&str>, old: &str) -> NewMetadata {
        let page = rows[0].ordinal / ROWS_A_PAGE;
        if self.last_page != Some(page) {
            self.pages += 1;
            self.last_page = Some(page);
        }
        let mut now = Cow::Borrowed(old);
        for entry in rows {
            match patched(entry, reference, &now) {
                Ok(Some(new)) => {
                    now = Cow::Owned(new);
                    self.counts.updated += 1;
                }
                Ok(None) => self.counts.unchanged += 1,
                Err(problem) => self.refuse(problem, Some(entry)),
            }
        }
        if *now == *old { NewMetadata::Same } else { NewMetadata::Changed(now.into_owned()) }
    }

    fn refuse(&mut self, problem: Problem, entry: Option<&Entry>) {
        self.counts.refused += 1;
        let row = problem.row.or(entry.and_then(|entry| entry.row));
        let message = match entry {
            // Without a row of a file the message has to say which asset it was.
            Some(Entry { row: None, ordinal, .. }) => {
                format!("{}: {}", AssetId { project: self.project, ordinal: *ordinal }, problem.message)
            }
            _ => problem.message,
        };
        self.problems.push(MetadataProblemRow {
            seq: 0,
            row: row.and_then(|row| i64::try_from(row).ok()),
            code: problem.code.as_str().to_owned(),
            message,
            hint: problem.hint,
        });
    }
}

fn patched(entry: &Entry, reference: Option<&str>, old: &str) -> Result<Option<String>, Problem> {
    if let Some(wanted) = &entry.reference
        && reference != Some(wanted)
    {
        return Err(unknown_reference(wanted));
    }
    patched_metadata(old, &entry.patch)
}

/// The metadata with a patch put into it, within the limit; `None` when nothing changes.
pub(crate) fn patched_metadata(old: &str, patch: &Map<String, Value>) -> Result<Option<String>, Problem> {
    let new = merged(old, patch).map_err(|error| {
        Problem::new(ProblemCode::NotAnObject, error.to_string()).hint("run sheaf check --deep")
    })?;
    match new {
        Some(new) if new.len() > METADATA_BYTES_MAX => {
            let message = format!(
                "the asset's metadata would have {} bytes, {METADATA_BYTES_MAX} are the most",
                new.len()
            );
            Err(Problem::new(ProblemCode::MetadataTooLarge, message)
                .hint("remove fields that nobody filters on first"))
        }
        new => Ok(new),
    }
}
