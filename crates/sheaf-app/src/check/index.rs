//! The index: every full chunk is sealed and nothing else has blocks; deep, each block holds what the rows say.

use std::collections::{BTreeMap, HashMap, HashSet};

use sheaf_model::AssetId;
use sheaf_select::{CHUNK, EncodedBlock, FieldKey, first_difference};
use sheaf_store::projects::ProjectRow;

use super::{Check, Finding, REINDEX, REPORT_IT, RESTORE};
use crate::Result;

pub(super) fn check(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    let sealed = check.tx.sealed_chunks(project.id)?;
    let full = project.n_assets / CHUNK;
    if sealed.iter().copied().ne(0..i64::from(full)) {
        let what = format!("{} chunks are sealed, and {full} are full", sealed.len());
        check.find("chunks", project.id, what, REPORT_IT);
        return Ok(());
    }
    let mut fields: HashMap<i64, Option<FieldKey>> = HashMap::new();
    let mut stored: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for (id, chunk) in check.tx.block_keys(project.id)? {
        if let std::collections::hash_map::Entry::Vacant(entry) = fields.entry(id) {
            entry.insert(check.tx.field_of(project.id, id)?);
        }
        match u32::try_from(chunk).ok().filter(|chunk| *chunk < full) {
            Some(chunk) => stored.entry(chunk).or_default().push(id),
            None => {
                let key = format!("{}, field {id}, chunk {chunk}", project.id);
                check.find("blocks", key, "is of a chunk that is not sealed", REPORT_IT);
            }
        }
    }
    for (id, _) in fields.iter().filter(|(_, key)| key.is_none()) {
        check.find("blocks", format!("{}, field {id}", project.id), "is of no known field", RESTORE);
    }
    if check.deep {
        for chunk in 0..full {
            compare(check, project, chunk, stored.get(&chunk).map_or(&[], Vec::as_slice), &fields)?;
        }
        rest(check, project, full * CHUNK)?;
    }
    Ok(())
}

/// Makes a chunk's blocks anew from its rows and compares.
fn compare(
    check: &mut Check<'_>,
    project: &ProjectRow,
    chunk: u32,
    stored: &[i64],
    fields: &HashMap<i64, Option<FieldKey>>,
) -> Result<()> {
    check.report.checked.chunks += 1;
    let blocks = match check.tx.blocks_of_rows(project.id, chunk)? {
        Ok(blocks) => blocks,
        Err(error) => {
            check.find("assets", format!("{}, chunk {chunk}", project.id), error.to_string(), RESTORE);
            return Ok(());
        }
    };
    let mut wanted: HashMap<FieldKey, EncodedBlock> =
        blocks.into_iter().map(|block| (block.field.clone(), block)).collect();
    let known: HashSet<(i64, &FieldKey)> =
        stored.iter().filter_map(|id| Some((*id, fields.get(id)?.as_ref()?))).collect();
    for (id, field) in known {
        let data = check.tx.stored_block(project.id, id, chunk)?;
        let want = wanted.remove(field);
        let what =
            match first_difference(field, chunk, data.as_deref(), want.as_ref().map(|block| &*block.data)) {
                Ok(None) => continue,
                Ok(Some(ordinal)) => {
                    format!("differs from the rows, first at {}", AssetId { project: project.id, ordinal })
                }
                Err(error) => error.to_string(),
            };
        block(check, project, field, chunk, what);
    }
    let mut missing: Vec<FieldKey> = wanted.into_keys().collect();
    missing.sort_unstable();
    for field in missing {
        block(check, project, &field, chunk, "is not there, and rows have the field".to_owned());
    }
    Ok(())
}

fn block(check: &mut Check<'_>, project: &ProjectRow, field: &FieldKey, chunk: u32, what: String) {
    check.add(Finding {
        table: "blocks",
        key: format!("{}, field `{field}`, chunk {chunk}", project.id),
        what,
        fix: REINDEX,
        chunk: Some((project.id, chunk)),
    });
}

/// The unsealed rows have no blocks; they must be fit to be indexed.
fn rest(check: &mut Check<'_>, project: &ProjectRow, from: u32) -> Result<()> {
    for facts in check.tx.facts(project.id, from, project.n_assets)? {
        if let Err(error) = facts.values() {
            let id = AssetId { project: project.id, ordinal: facts.ordinal };
            check.find("assets", id, error.to_string(), RESTORE);
        }
    }
    Ok(())
}
