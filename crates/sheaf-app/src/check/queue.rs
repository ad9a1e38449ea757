//! The invariants of the queue, over the rows of one batch: who holds what, which answer stands, what was counted.
//!
//! A slot has one holder and a fence while it is held or handed in (I1); in a round a person has one standing answer to a
//! task, and holds one slot of it (I2); no more answers stand than were asked for (I3); the lease of a standing answer was
//! the slot's (I5); a submitted slot has exactly one standing answer (I9); counts equal recounts (I10). That submissions
//! never change (I4, I6) and that nothing is granted after a pause (I7) is seen in journals, not in rows.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use sheaf_model::{BatchState, Ordinal, SlotState, TaskId};
use sheaf_select::CHUNK;
use sheaf_store::batches::BatchRow;
use sheaf_store::check::{SlotFacts, SubmissionFacts};

use super::{Check, REPORT_IT};
use crate::Result;

/// Judgements that a stage of a task needs.
const OVERLAP: usize = 1;

/// Slots by state, in the order of [`SlotState::ALL`].
type Counts = [i64; SlotState::ALL.len()];

pub(super) fn check(check: &mut Check<'_>, batch: &BatchRow, members: &RoaringBitmap) -> Result<()> {
    let (mut counts, mut touched) = (Counts::default(), RoaringBitmap::new());
    let last = i64::from(u32::MAX / CHUNK);
    for window in 0..=last {
        let (from, until) = (window * i64::from(CHUNK), (window + 1) * i64::from(CHUNK));
        // Rows beyond the members are looked for once, in one go.
        let beyond = members.max().is_none_or(|max| from > i64::from(max));
        let until = if beyond { i64::from(u32::MAX) + 1 } else { until };
        let slots = check.tx.slot_facts(batch.project, batch.id, from, until)?;
        let submissions = check.tx.submission_facts(batch.project, batch.id, from, until)?;
        check.report.checked.slots += slots.len() as u64;
        check.report.checked.submissions += submissions.len() as u64;
        tasks(check, batch, members, &slots, &submissions);
        for slot in &slots {
            touched.insert(slot.ordinal);
            if let Some(at) = SlotState::ALL.iter().position(|state| Some(*state) == slot.state) {
                counts[at] += 1;
            }
        }
        if beyond {
            break;
        }
    }
    let late = check.tx.late_members(batch.project, batch.id)?;
    cursor(check, batch, members, late, &touched);
    recount(check, batch, &counts);
    Ok(())
}

fn task(batch: &BatchRow, ordinal: Ordinal) -> TaskId {
    TaskId { project: batch.project, batch: batch.id, ordinal }
}

/// I1, I2, I3, I5, I9.
fn tasks(
    check: &mut Check<'_>,
    batch: &BatchRow,
    members: &RoaringBitmap,
    slots: &[SlotFacts],
    submissions: &[SubmissionFacts],
) {
    let mut by_slot: HashMap<(Ordinal, i64, i64), Vec<&SubmissionFacts>> = HashMap::new();
    for submission in submissions {
        by_slot.entry((submission.ordinal, submission.stage, submission.n)).or_default().push(submission);
    }
    for stage in slots.chunk_by(|a, b| (a.ordinal, a.stage) == (b.ordinal, b.stage)) {
        let id = task(batch, stage[0].ordinal);
        if !members.contains(stage[0].ordinal) {
            check.find("slots", id, "is of an asset that is not in the batch", REPORT_IT);
        }
        let standing = stage.iter().filter(|slot| slot.state == Some(SlotState::Submitted)).count();
        if standing > OVERLAP {
            check.find(
                "slots",
                id,
                format!("{standing} answers stand where {OVERLAP} was asked for"),
                REPORT_IT,
            );
        }
        let mut holders: Vec<_> = stage.iter().filter_map(|slot| slot.holder).collect();
        holders.sort_unstable();
        if holders.windows(2).any(|pair| pair[0] == pair[1]) {
            check.find("slots", id, "one person has two slots of the same task", REPORT_IT);
        }
        for slot in stage {
            let answers = by_slot.remove(&(slot.ordinal, slot.stage, slot.n)).unwrap_or_default();
            one_slot(check, id, slot, &answers);
        }
    }
    for ((ordinal, ..), answers) in by_slot {
        let what = format!("{} answers to a task that nobody was given", answers.len());
        check.find("submissions", task(batch, ordinal), what, REPORT_IT);
    }
}

fn one_slot(check: &mut Check<'_>, id: TaskId, slot: &SlotFacts, answers: &[&SubmissionFacts]) {
    let Some(state) = slot.state else {
        check.find("slots", id, "has an unknown state", REPORT_IT);
        return;
    };
    let held = matches!(state, SlotState::Leased | SlotState::Submitted);
    if held != slot.holder.is_some() || held != slot.fence.is_some() {
        check.find(
            "slots",
            id,
            "a holder and a fence go with a held or handed in slot, and only with it",
            REPORT_IT,
        );
    }
    let now: Vec<_> = answers.iter().filter(|answer| answer.round == slot.round).collect();
    if answers.iter().any(|answer| answer.round > slot.round) {
        check.find("submissions", id, "an answer is of a round that has not begun", REPORT_IT);
    }
    match (state, now.as_slice()) {
        (SlotState::Submitted, [answer]) => {
            if Some(answer.person) != slot.holder || Some(answer.fence) != slot.fence {
                let what = format!("answer {} was not given under the slot's lease", answer.id);
                check.find("submissions", id, what, REPORT_IT);
            }
        }
        (SlotState::Submitted, all) => {
            check.find("slots", id, format!("is handed in, with {} standing answers", all.len()), REPORT_IT);
        }
        (_, []) => {}
        (_, all) => {
            let what = format!("is {state:?}, with {} answers of this round", all.len());
            check.find("slots", id, what, REPORT_IT);
        }
    }
}

/// Members below the cursor are touched but for the late ones that are still to come, and no other.
fn cursor(
    check: &mut Check<'_>,
    batch: &BatchRow,
    members: &RoaringBitmap,
    mut late: RoaringBitmap,
    touched: &RoaringBitmap,
) {
    late.remove_range(0..u32::try_from(batch.late_cursor).unwrap_or(u32::MAX));
    let mut below = RoaringBitmap::new();
    below.insert_range(0..u32::try_from(batch.cursor).unwrap_or(u32::MAX));
    below -= late;
    let untouched = (members & &below) - touched;
    if let Some(first) = untouched.min() {
        let what = format!("{} tasks below the cursor were never given to anybody", untouched.len());
        check.find("batches", task(batch, first), what, REPORT_IT);
    }
    let above = touched - below;
    if let Some(first) = above.min() {
        check.find(
            "batches",
            task(batch, first),
            format!("{} touched tasks are not below the cursor", above.len()),
            REPORT_IT,
        );
    }
}

/// I10.
fn recount(check: &mut Check<'_>, batch: &BatchRow, counts: &Counts) {
    let stored = [batch.n_open, batch.n_leased, batch.n_submitted, batch.n_blocked];
    for ((state, stored), counted) in SlotState::ALL.iter().zip(stored).zip(counts) {
        if stored != *counted {
            check.find(
                "batches",
                batch.id,
                format!("says {stored} tasks are {state:?}, and {counted} are"),
                REPORT_IT,
            );
        }
    }
    if batch.state == BatchState::Completed && batch.n_pending() + batch.n_leased > 0 {
        check.find("batches", batch.id, "is completed with tasks left", REPORT_IT);
    }
}
