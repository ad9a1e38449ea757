//! What is likely not meant about a batch that is served: too few people for it, a due date that has passed.

use std::collections::BTreeSet;

use sheaf_model::{BatchState, Millis, Role, Roles, UserId};
use sheaf_store::Tx;
use sheaf_store::batches::BatchRow;

use super::gold::supply;
use crate::Result;
use crate::queue::Work;
use crate::queue::open::served;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    pub code: &'static str,
    pub message: String,
}

/// Of a batch that has not ended.
pub(super) fn warnings(tx: &Tx<'_>, batch: &BatchRow, now: Millis) -> Result<Vec<Warning>> {
    let mut out = Vec::new();
    if batch.ended.is_some() {
        return Ok(out);
    }
    let people = tx.working_people(batch.project)?;
    for batch in served(tx, batch.project, vec![batch.clone()])? {
        let labels: BTreeSet<UserId> = batch.workers(&people, Work::Label).collect();
        let reviews: BTreeSet<UserId> = batch.workers(&people, Work::Review).collect();
        let rules = batch.row.rules;
        let (overlap, levels) = (usize::from(rules.overlap), usize::from(rules.review_levels));
        // A quality task is for whoever comes, not for so many.
        let overlap = if batch.row.kind.is_quality() { 1 } else { overlap };
        if labels.len() < overlap {
            let message = match labels.len() {
                0 => "nobody may label it: nobody whom it is open to has the role for it".to_owned(),
                n => format!("{overlap} judgements of each task are asked for, and only {n} may give one"),
            };
            out.push(Warning { code: "too_few_to_label", message });
        }
        if reviews.len() < levels {
            let message = match reviews.len() {
                0 => "nobody may review it: nobody whom it is open to has the role for it".to_owned(),
                n => format!("{levels} reviews of each task are asked for, and only {n} may give one"),
            };
            out.push(Warning { code: "too_few_to_review", message });
        }
        let together = labels.union(&reviews).count();
        if out.is_empty() && together < overlap + levels {
            let message = format!(
                "nobody has two parts in a task, so each takes {} people, and only {together} may work on it",
                overlap + levels
            );
            out.push(Warning { code: "too_few_people", message });
        }
    }
    if batch.kind.is_mixed_in() && batch.state == BatchState::InProgress {
        out.extend(dry(tx, batch, &people)?);
    }
    if batch.due.is_some_and(|due| due <= now) {
        out.push(Warning { code: "overdue", message: "its due date has passed".into() });
    }
    Ok(out)
}

/// Gold tasks measure nobody who has had all of them.
fn dry(tx: &Tx<'_>, batch: &BatchRow, people: &[(UserId, Roles)]) -> Result<Option<Warning>> {
    let gold = supply(tx, batch.project, std::slice::from_ref(batch))?;
    let annotators: Vec<_> = people.iter().filter(|(_, roles)| roles.has(Role::Annotator)).collect();
    let n = annotators.iter().filter(|(person, _)| gold.left(Some(*person)) == 0).count();
    let all = annotators.len();
    let message = format!("{n} of {all} annotators have had all of its tasks: make another one");
    Ok((n > 0).then_some(Warning { code: "gold_runs_dry", message }))
}
