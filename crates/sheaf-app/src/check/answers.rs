//! Deep: responses can be read, and the counts of their labels are what they are.

use std::collections::HashMap;

use sheaf_model::{Ordinal, Response, TaskId};
use sheaf_select::CHUNK;
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;
use sheaf_store::submissions::SubmissionRow;

use super::{Check, REPORT_IT, RESTORE};
use crate::Result;
use crate::queue::answers;

pub(super) fn check(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    if !check.deep {
        return Ok(());
    }
    let Ok(batches) = check.tx.batches(project.id) else { return Ok(()) };
    let (mut expected, mut unreadable) = (0, false);
    for batch in &batches {
        let mut from = 0;
        while from < project.n_assets {
            let until = from.saturating_add(CHUNK).min(project.n_assets);
            let wanted = labels(check, project, batch, from, until, &mut unreadable)?;
            for ((ordinal, label), n) in &wanted {
                let stored = check.tx.answer_label(project.id, label, *ordinal, batch.id)?;
                if stored != Some(i64::from(*n)) {
                    let task = TaskId { project: project.id, batch: batch.id, ordinal: *ordinal };
                    let what = format!(
                        "`{label}` stands {n} times in the answer, and {} are counted",
                        stored.unwrap_or(0)
                    );
                    check.find("answer_labels", task, what, REPORT_IT);
                }
            }
            expected += wanted.len() as i64;
            from = until;
        }
    }
    let stored = check.tx.n_answer_labels(project.id)?;
    if stored != expected && !unreadable {
        let what = format!("{stored} counts of labels, and the answers have {expected}");
        check.find("answer_labels", project.id, what, REPORT_IT);
    }
    Ok(())
}

type Labels = HashMap<(Ordinal, String), u32>;

/// How often each label stands in the standing answers of these assets' tasks.
fn labels(
    check: &mut Check<'_>,
    project: &ProjectRow,
    batch: &BatchRow,
    from: Ordinal,
    until: Ordinal,
    unreadable: &mut bool,
) -> Result<Labels> {
    let mut by_task: HashMap<Ordinal, Vec<SubmissionRow>> = HashMap::new();
    for row in check.tx.submissions_between(project.id, batch.id, from, until)? {
        if let Err(error) = serde_json::from_str::<Response>(&row.response) {
            *unreadable = true;
            check.find("submissions", row.id, format!("its answer cannot be read: {error}"), RESTORE);
        } else {
            by_task.entry(row.key.task.ordinal).or_default().push(row);
        }
    }
    let tasks = check.tx.task_rows_between(project.id, batch.id, from, until)?;
    let mut wanted = Labels::new();
    for (ordinal, rows) in by_task {
        let Some(task) = tasks.get(&ordinal) else { continue };
        let counts = answers::labels_of(&answers::of(rows, &task.task(batch.rules)))?;
        wanted.extend(counts.into_iter().map(|(label, n)| ((ordinal, label), n)));
    }
    Ok(wanted)
}
