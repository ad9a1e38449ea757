//! How many assets each source of pre-labels says something of is what is counted, and the assets are there.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_select::CHUNK;
use sheaf_store::projects::ProjectRow;

use super::{Check, REPORT_IT, RESTORE};
use crate::Result;

pub(super) fn check(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    let counted = check.tx.prelabel_sources(project.id)?.into_iter().map(|row| (row.source, row.n));
    let counted: BTreeMap<String, i64> = counted.collect();
    let mut found = BTreeMap::new();
    let mut last: Option<String> = None;
    while let Some(source) = check.tx.prelabel_source_after(project.id, last.as_deref())? {
        found.insert(source.clone(), rows(check, project, &source)?);
        last = Some(source);
    }
    let all: BTreeSet<&String> = counted.keys().chain(found.keys()).collect();
    for source in all {
        let (said, there) = (counted.get(source), found.get(source));
        if said != there {
            let (said, there) = (said.copied().unwrap_or(0), there.copied().unwrap_or(0));
            let what = format!("pre-labels of {said} assets are counted, and there are those of {there}");
            check.find("prelabel_sources", format!("{}, {source}", project.id), what, REPORT_IT);
        }
    }
    Ok(())
}

/// Assets that a source says something of, a chunk at a time: there may be one of each.
fn rows(check: &mut Check<'_>, project: &ProjectRow, source: &str) -> Result<i64> {
    let (tx, n_assets) = (check.tx, i64::from(project.n_assets));
    let (mut n, mut from) = (0, 0);
    while from < n_assets {
        let until = (from + i64::from(CHUNK)).min(n_assets);
        n += tx.prelabel_rows(project.id, source, from, until)?;
        from = until;
    }
    let beyond = tx.prelabel_rows(project.id, source, n_assets, i64::MAX)?;
    if beyond > 0 {
        let what = format!("{beyond} are of assets that are not there");
        check.find("prelabels", format!("{}, {source}", project.id), what, RESTORE);
    }
    Ok(n + beyond)
}
