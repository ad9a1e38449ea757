//! Assets as people see them: the row with the names around it.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use sheaf_model::{AssetId, BatchId, Millis, ProjectId, TaskId, TaskState, UploadId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;
use sheaf_store::library::AssetRow;
use sheaf_store::queue::slots::TaskRows;

use crate::Result;

/// Characters of a text that a list shows.
const EXCERPT_CHARS: u32 = 300;

/// An asset with its upload, its batches and where its labelling stands.
#[derive(Debug, Clone)]
pub struct AssetView {
    pub id: AssetId,
    pub row: AssetRow,
    pub upload_name: String,
    /// First characters of a text asset.
    pub excerpt: Option<String>,
    pub batches: Vec<(BatchId, String)>,
    /// Furthest state of its tasks; `none` when it is in no batch.
    pub status: &'static str,
}

impl AssetView {
    /// Whether there is content to serve (an asset at a URL has none here).
    pub fn has_content(&self) -> bool {
        self.row.content.is_some() || self.excerpt.is_some()
    }
}

/// Views of rows, in their order. Looks each name up once.
pub(crate) fn views(tx: &Tx<'_>, project: ProjectId, rows: Vec<AssetRow>) -> Result<Vec<AssetView>> {
    let chunks: RoaringBitmap = rows.iter().map(|row| row.ordinal).collect();
    let batches = memberships(tx, project, &chunks)?;
    let mut uploads: HashMap<UploadId, String> = HashMap::new();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let upload_name = match uploads.get(&row.upload) {
            Some(name) => name.clone(),
            None => {
                let name = tx.upload_name(project, row.upload)?.unwrap_or_default();
                uploads.insert(row.upload, name.clone());
                name
            }
        };
        let excerpt = excerpt(tx, project, &row)?;
        let mine: Vec<&BatchRow> = batches
            .iter()
            .filter(|(_, members)| members.contains(row.ordinal))
            .map(|(batch, _)| batch)
            .collect();
        let status = status(tx, project, row.ordinal, &mine)?;
        out.push(AssetView {
            id: AssetId { project, ordinal: row.ordinal },
            upload_name,
            excerpt,
            batches: mine.iter().map(|batch| (batch.id, batch.name.clone())).collect(),
            status,
            row,
        });
    }
    Ok(out)
}

/// An asset as the holder of a task sees it: not what else is done with it.
pub(crate) fn for_task(
    tx: &Tx<'_>,
    task: TaskId,
    batch: &str,
    row: AssetRow,
    upload_name: String,
) -> Result<AssetView> {
    Ok(AssetView {
        id: AssetId { project: task.project, ordinal: row.ordinal },
        upload_name,
        excerpt: excerpt(tx, task.project, &row)?,
        batches: vec![(task.batch, batch.to_owned())],
        status: TaskState::Claimed.as_str(),
        row,
    })
}

fn excerpt(tx: &Tx<'_>, project: ProjectId, row: &AssetRow) -> Result<Option<String>> {
    if row.content.is_some() || row.url.is_some() {
        return Ok(None);
    }
    Ok(tx.text_excerpt(project, row.ordinal, EXCERPT_CHARS)?)
}

/// The batches that have any of these assets, each with those of them that it has. Oldest first.
fn memberships(
    tx: &Tx<'_>,
    project: ProjectId,
    among: &RoaringBitmap,
) -> Result<Vec<(BatchRow, RoaringBitmap)>> {
    let mut found: Vec<(BatchRow, RoaringBitmap)> = Vec::new();
    let mut chunks: Vec<u32> = among.iter().map(|ordinal| ordinal / sheaf_select::CHUNK).collect();
    chunks.dedup();
    for chunk in chunks {
        for (id, members) in tx.members_in_chunk(project, chunk)? {
            let members = members & among;
            if members.is_empty() {
                continue;
            }
            if let Some((_, known)) = found.iter_mut().find(|(batch, _)| batch.id == id) {
                *known |= members;
            } else if let Some(batch) = tx.batch(project, id)? {
                found.push((batch, members));
            }
        }
    }
    found.sort_by_key(|(batch, _)| batch.id);
    Ok(found)
}

/// The state of the task that is furthest.
fn status(tx: &Tx<'_>, project: ProjectId, ordinal: u32, batches: &[&BatchRow]) -> Result<&'static str> {
    let mut best = None;
    for batch in batches {
        let task = TaskId { project, batch: batch.id, ordinal };
        best = best.max(Some(state(batch, &tx.task_rows(task)?)));
    }
    Ok(best.map_or("none", TaskState::as_str))
}

/// Where a task stands.
pub(crate) fn state(batch: &BatchRow, rows: &TaskRows) -> TaskState {
    rows.task(batch.rules).state().within(batch.state)
}

/// When something happened and by whom, for a ledger.
#[derive(Debug, Clone)]
pub struct LedgerEntry {
    pub at: Millis,
    pub event: &'static str,
    pub actor: Option<sheaf_store::names::PersonName>,
    pub batch: Option<(BatchId, String)>,
    pub details: Option<String>,
}
