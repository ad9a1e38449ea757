//! Deep: responses can be read, the counts of their labels are what they are, and so is how far judgements agree.

use std::collections::{BTreeMap, HashMap};

use sheaf_model::agreement::{Sums, Tally, tallies};
use sheaf_model::{Ordinal, Response, TaskId};
use sheaf_select::CHUNK;
use sheaf_store::batches::BatchRow;
use sheaf_store::projects::ProjectRow;
use sheaf_store::submissions::SubmissionRow;

use super::{Check, REPORT_IT, RESTORE};
use crate::Result;
use crate::agreement::judgements;
use crate::queue::answers::{Answers, labels_of};

pub(super) fn check(check: &mut Check<'_>, project: &ProjectRow) -> Result<()> {
    if !check.deep {
        return Ok(());
    }
    let Ok(batches) = check.tx.batches(project.id) else { return Ok(()) };
    let (mut expected, mut unreadable) = (0, false);
    let mut judged = 0;
    for batch in &batches {
        let (mut from, mut sums) = (0, BTreeMap::new());
        while from < project.n_assets {
            let (start, until) = (from, from.saturating_add(CHUNK).min(project.n_assets));
            from = until;
            let answers = answers(check, project, batch, start, until, &mut unreadable)?;
            // Answers to quality tasks are no labels of the data.
            if batch.kind.is_quality() {
                continue;
            }
            judged += agreement(check, batch, (start, until), &answers, &mut sums, &mut unreadable)?;
            let wanted = labels(&answers)?;
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
        }
        if check.tx.all_agreement_sums(project.id, batch.id)? != sums && !unreadable {
            check.find("agreement_sums", batch.id, "are not the sums of its tasks", REPORT_IT);
        }
    }
    let compared = check.tx.n_agreements(project.id)?;
    if compared != judged && !unreadable {
        let what = format!("{compared} scores, and {judged} tasks have all judgements of several");
        check.find("agreements", project.id, what, REPORT_IT);
    }
    let stored = check.tx.n_answer_labels(project.id)?;
    if stored != expected && !unreadable {
        let what = format!("{stored} counts of labels, and the answers have {expected}");
        check.find("answer_labels", project.id, what, REPORT_IT);
    }
    Ok(())
}

type Labels = HashMap<(Ordinal, String), u32>;

/// The answers to a window's touched tasks. Those that cannot be read are told and left out.
fn answers(
    check: &mut Check<'_>,
    project: &ProjectRow,
    batch: &BatchRow,
    from: Ordinal,
    until: Ordinal,
    unreadable: &mut bool,
) -> Result<BTreeMap<Ordinal, Answers>> {
    let mut by_task: BTreeMap<Ordinal, Vec<SubmissionRow>> = BTreeMap::new();
    for row in check.tx.submissions_between(project.id, batch.id, from, until)? {
        if let Err(error) = serde_json::from_str::<Response>(&row.response) {
            *unreadable = true;
            check.find("submissions", row.id, format!("its answer cannot be read: {error}"), RESTORE);
        } else {
            by_task.entry(row.key.task.ordinal).or_default().push(row);
        }
    }
    let tasks = check.tx.task_rows_between(project.id, batch.id, from, until)?;
    let of = |(ordinal, rows): (Ordinal, Vec<SubmissionRow>)| {
        Some((ordinal, Answers::of(rows, &tasks.get(&ordinal)?.task(batch.rules))))
    };
    Ok(by_task.into_iter().filter_map(of).collect())
}

/// How often each label stands in the standing answers.
fn labels(answers: &BTreeMap<Ordinal, Answers>) -> Result<Labels> {
    let mut wanted = Labels::new();
    for (ordinal, answers) in answers {
        let counts = labels_of(&answers.standing)?;
        wanted.extend(counts.into_iter().map(|(label, n)| ((*ordinal, label), n)));
    }
    Ok(wanted)
}

/// Compares the judgements anew; how many tasks have all of them. Adds what they make to the batch's sums.
fn agreement(
    check: &mut Check<'_>,
    batch: &BatchRow,
    (from, until): (Ordinal, Ordinal),
    answers: &BTreeMap<Ordinal, Answers>,
    sums: &mut BTreeMap<Tally, Sums>,
    unreadable: &mut bool,
) -> Result<i64> {
    if batch.rules.overlap == 1 {
        return Ok(0);
    }
    let stored = check.tx.agreements_between(batch.project, batch.id, from, until)?;
    let mut judged = 0;
    for (ordinal, answers) in answers {
        let found = match judgements(check.app, check.tx, &answers.judged) {
            Ok(judgements) => tallies(&judgements),
            Err(error) => {
                *unreadable = true;
                let task = TaskId { project: batch.project, batch: batch.id, ordinal: *ordinal };
                check.find("submissions", task, format!("cannot be compared: {error}"), RESTORE);
                continue;
            }
        };
        judged += i64::from(found.is_some());
        let (score, stored) = (found.as_ref().map(|(found, _)| found.score), stored.get(ordinal));
        if score != stored.copied() {
            let task = TaskId { project: batch.project, batch: batch.id, ordinal: *ordinal };
            let what = format!("its score is {stored:?}, and its judgements say {score:?}");
            check.find("agreements", task, what, REPORT_IT);
        }
        for (tally, of) in found.into_iter().flat_map(|(_, tallies)| tallies) {
            *sums.entry(tally).or_default() += of;
        }
    }
    Ok(judged)
}
