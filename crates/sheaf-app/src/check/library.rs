//! Assets are dense, their uploads add up, the contents that they name are there.

use std::collections::{HashMap, HashSet};

use sheaf_model::{AssetId, UploadId};
use sheaf_select::members;
use sheaf_store::blobs::{BlobHash, hex};
use sheaf_store::projects::ProjectRow;

use super::{Check, REPORT_IT, RESTORE, UPLOAD_AGAIN, readable};
use crate::{Error, Result};

/// Uploads that are read at once.
const UPLOADS_AT_ONCE: u32 = 500;

pub(super) fn check(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    let per_upload = assets(check, project)?;
    uploads(check, project, per_upload)?;
    for (upload, path) in check.tx.lost_upload_files(project.id, project.n_assets)? {
        check.find("upload_files", format!("{upload}, {path}"), "names an asset that is not there", RESTORE);
    }
    updates(check, project)
}

/// How many assets each upload brought.
fn assets(check: &mut Check<'_>, project: &ProjectRow) -> Result<HashMap<UploadId, i64>> {
    let mut per_upload: HashMap<UploadId, i64> = HashMap::new();
    let mut seen: HashSet<BlobHash> = HashSet::new();
    let mut next = 0;
    let tx = check.tx;
    tx.each_asset_refs(project.id, |asset| {
        let id = AssetId { project: project.id, ordinal: asset.ordinal };
        if asset.ordinal != next {
            check.find("assets", id, format!("the ordinals from {next} on are not there"), RESTORE);
        }
        next = asset.ordinal.saturating_add(1);
        *per_upload.entry(asset.upload).or_default() += 1;
        for (role, hash) in [("content", asset.content), ("thumbnail", asset.thumbnail)] {
            let Some(hash) = hash.filter(|hash| seen.insert(*hash)) else { continue };
            check.report.checked.contents += 1;
            let sound = match &check.present {
                Some(present) => present.has(&hash).then_some(true),
                None => check.app.store().blobs().verify(&hash)?,
            };
            match sound {
                Some(true) => {}
                Some(false) => {
                    check.find(
                        "assets",
                        id,
                        format!("the file of its {role} is damaged: {}", hex(&hash)),
                        UPLOAD_AGAIN,
                    );
                }
                None => {
                    check.find(
                        "assets",
                        id,
                        format!("the file of its {role} is not there: {}", hex(&hash)),
                        UPLOAD_AGAIN,
                    );
                }
            }
        }
        Ok(())
    })?;
    check.report.checked.assets += u64::from(next);
    if next != project.n_assets {
        let what = format!("says {} assets, and the last ordinal is followed by {next}", project.n_assets);
        check.find("projects", project.id, what, REPORT_IT);
    }
    Ok(per_upload)
}

fn uploads(
    check: &mut Check<'_>,
    project: &ProjectRow,
    mut per_upload: HashMap<UploadId, i64>,
) -> Result<()> {
    let mut before = None;
    loop {
        let page = check.tx.uploads(project.id, before, UPLOADS_AT_ONCE);
        let Some(page) = readable(check, "uploads", project.id, page) else { return Ok(()) };
        for row in &page {
            let counts = row.counts;
            let added = per_upload.remove(&row.id).unwrap_or(0);
            if counts.added != added {
                let what = format!("says {} assets were added, and {added} name it", counts.added);
                check.find("uploads", row.id, what, REPORT_IT);
            }
            let sum = counts.added + counts.updated + counts.duplicates + counts.refused;
            if counts.received != sum {
                check.find(
                    "uploads",
                    row.id,
                    format!("{} received, and {sum} accounted for", counts.received),
                    REPORT_IT,
                );
            }
        }
        match page.last() {
            Some(last) => before = Some(last.id),
            None => break,
        }
    }
    for (upload, n) in per_upload {
        check.find("uploads", upload, format!("is not there, and {n} assets name it"), RESTORE);
    }
    Ok(())
}

/// The sets of updated assets can be read and are of this library.
fn updates(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    let tx = check.tx;
    tx.each_updated_assets(project.id, |chunk, update, data| {
        let key = format!("chunk {chunk}, {}", sheaf_model::MetadataUpdateId(update));
        match members::decode([(chunk, data.as_slice())]) {
            Ok(set) if set.max().is_some_and(|last| last >= project.n_assets) => {
                check.find("metadata_update_assets", key, "names assets that are not there", REPORT_IT);
            }
            Ok(_) => {}
            Err(error) => check.find("metadata_update_assets", key, error.to_string(), RESTORE),
        }
        Ok(())
    })
    .map_err(Error::from)
}
