//! Bringing annotations in: what a file came to is written, the taxonomy first, then new assets, then pre-labels.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;
use sheaf_model::{AssetId, ProjectId, UploadId};
use sheaf_store::StoreError;

use crate::annotations::fit::{Fitted, fit};
use crate::annotations::make::make;
use crate::annotations::{How, NAMED_MAX, Refused, Report};
use crate::rows::RowProblem;
use crate::uploads::{Temporary, blocking};
use crate::{Actor, App, Error, Result, prelabels, taxonomies};

/// Bytes of rows that are handed on at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// A file that was received, and what is to be done with it.
pub(super) struct Bringing {
    pub(super) app: App,
    pub(super) actor: Actor,
    pub(super) project: ProjectId,
    pub(super) upload: UploadId,
    pub(super) how: How,
    pub(super) file: Temporary,
}

/// Does it.
pub(super) async fn bring(bringing: Bringing) -> Result<Report> {
    let (bringing, fitted) = blocking(move || {
        let fitted = fit(&bringing)?;
        Ok((bringing, fitted))
    })
    .await?;
    let Bringing { app, actor, project, upload, how, .. } = bringing;
    let Fitted { rows, n_rows, manifest, n_rows_new, taxonomy, mut report } = fitted;
    if n_rows + n_rows_new + report.made == 0 {
        // Nothing of the file is about this upload, so it does not say what the project is about either.
        report.taxonomy = None;
        return Ok(report);
    }
    let mut put = match taxonomy {
        Some(taxonomy) if how.dry_run => prelabels::Put::assuming(&app, &actor, project, taxonomy),
        Some(taxonomy) => {
            taxonomies::put(&app, &actor, project, taxonomy, 0).await?;
            prelabels::Put::begin(&app, &actor, project, None, false).await?
        }
        None => prelabels::Put::begin(&app, &actor, project, None, how.dry_run).await?,
    };
    if report.made > 0 && !how.dry_run {
        make(&app, &actor, project, upload, manifest.path()).await?;
    }
    let mut reader = Some(open(rows.path())?);
    while let Some(from) = reader.take() {
        let (from, chunk) = blocking(move || read_chunk(from)).await?;
        if !chunk.is_empty() {
            put.write(&chunk).await?;
            reader = Some(from);
        }
    }
    let written = put.finish().await?;
    // Nothing is said yet of assets that are not there yet.
    report.added = written.added + if how.dry_run { n_rows_new } else { 0 };
    report.replaced = written.replaced;
    report.unchanged = written.unchanged;
    report.refused = written.refused;
    report.refused_first = blocking(move || refused(&app, project, rows.path(), written.problems)).await?;
    Ok(report)
}

pub(super) fn open(path: &Path) -> Result<BufReader<File>> {
    let file = File::open(path).map_err(|error| StoreError::file(path, error))?;
    Ok(BufReader::with_capacity(CHUNK_BYTES, file))
}

/// The next bytes of a file, and the rest of it; none at its end.
pub(super) fn read_chunk(mut from: BufReader<File>) -> Result<(BufReader<File>, Vec<u8>)> {
    let mut chunk = Vec::with_capacity(CHUNK_BYTES);
    let read = from.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk);
    read.map_err(|error| Error::internal(format!("rows cannot be read again: {error}")))?;
    Ok((from, chunk))
}

/// Which pre-labels were refused, the first of them; rows are numbered by the lines that they stand on.
fn refused(app: &App, project: ProjectId, rows: &Path, problems: Vec<RowProblem>) -> Result<Vec<Refused>> {
    let mut wanted: BTreeMap<u64, RowProblem> = BTreeMap::new();
    for problem in problems {
        // Of a row with several problems the first one.
        if wanted.len() < NAMED_MAX || wanted.contains_key(&problem.row) {
            wanted.entry(problem.row).or_insert(problem);
        }
    }
    let mut out = Vec::with_capacity(wanted.len());
    let Some(last) = wanted.keys().next_back().copied() else { return Ok(out) };
    for (n, line) in (1..=last).zip(open(rows)?.lines()) {
        let line = line.map_err(|error| StoreError::file(rows, error))?;
        let Some(problem) = wanted.remove(&n) else { continue };
        let row: Value = serde_json::from_str(&line).unwrap_or_default();
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let asset = match text("asset_id").parse::<AssetId>() {
            Ok(id) => app.store().read_blocking(|tx| tx.asset(project, id.ordinal))?.map(|row| row.name),
            Err(_) => None,
        };
        out.push(Refused {
            asset: asset.unwrap_or_else(|| text("reference_id")),
            source: text("source"),
            path: problem.path,
            message: problem.message,
            hint: problem.hint,
        });
    }
    Ok(out)
}
