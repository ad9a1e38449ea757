//! Batches: members can be read, are of the library, and are as many as the row says; the queue behind them.

use std::collections::BTreeSet;

use sheaf_model::GroupId;
use sheaf_select::members;
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;

use super::{Check, REPORT_IT, RESTORE, quality, queue, readable};
use crate::Result;
use crate::batches::StoredRecipe;

pub(super) fn check(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    for (table, batch) in check.tx.orphaned_batches(project.id)? {
        check.find("batches", batch, format!("is not there, and rows of {table} name it"), RESTORE);
    }
    for person in check.tx.unnamed_elsewhere(project.id)? {
        check.find("people_elsewhere", person, "is not there, and answers are theirs", RESTORE);
    }
    let rows = check.tx.batches(project.id);
    let Some(rows) = readable(check, "batches", project.id, rows) else { return Ok(()) };
    let groups: BTreeSet<GroupId> = check.tx.groups(project.id)?.into_iter().map(|group| group.id).collect();
    for (group, person) in check.tx.group_people(project.id)? {
        if !groups.contains(&group) {
            check.find(
                "person_group_people",
                group,
                format!("is not there, and {person} is in it"),
                REPORT_IT,
            );
        }
        if check.tx.roles(project.id, person)?.is_empty() {
            let what = format!("{person} is in it, and not in the project");
            check.find("person_group_people", group, what, REPORT_IT);
        }
    }
    for batch in rows {
        check.report.checked.batches += 1;
        for group in batch.open_to.groups.iter().filter(|group| !groups.contains(group)) {
            if batch.ended.is_none() {
                check.find("batches", batch.id, format!("is open to {group}, which is not there"), REPORT_IT);
            }
        }
        if let Err(error) = serde_json::from_str::<StoredRecipe>(&batch.recipe) {
            check.find("batches", batch.id, format!("its recipe cannot be read: {error}"), RESTORE);
        }
        if let Some(members) = read_members(check, project, &batch)? {
            queue::check(check, &batch, &members)?;
        }
        quality::check(check, &batch)?;
    }
    Ok(())
}

/// The members; `None` when they cannot be read.
fn read_members(
    check: &mut Check<'_>,
    project: &ProjectRow,
    batch: &BatchRow,
) -> Result<Option<roaring::RoaringBitmap>> {
    let mut all = roaring::RoaringBitmap::new();
    for blob in check.tx.stored_members(project.id, batch.id)? {
        let key = format!("{}, chunk {}", batch.id, blob.chunk);
        match members::decode([(blob.chunk, blob.data.as_slice())]) {
            Ok(set) => {
                if set.len() as i64 != blob.n {
                    check.find(
                        "batch_members",
                        key,
                        format!("says {} members and has {}", blob.n, set.len()),
                        REPORT_IT,
                    );
                }
                all |= set;
            }
            Err(error) => {
                check.find("batch_members", key, error.to_string(), RESTORE);
                return Ok(None);
            }
        }
    }
    if all.max().is_some_and(|last| last >= project.n_assets) {
        check.find("batch_members", batch.id, "has members that are not in the library", RESTORE);
    }
    if all.len() as i64 != batch.n_members {
        let what = format!("says {} members and has {}", batch.n_members, all.len());
        check.find("batches", batch.id, what, REPORT_IT);
    }
    Ok(Some(all))
}
