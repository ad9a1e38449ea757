//! The invariants of the queue, over the rows of one batch: who holds what, which answer stands, what was counted.
//!
//! What a task must be like is the model's (`sheaf_model::Task::problems`: I1, I2, I3, I8, I9); here come the answers beside
//! it: the lease of a standing answer was the slot's (I5), a slot that is handed in has one standing answer, and counts
//! equal recounts (I10). That submissions never change (I4, I6) and that nothing is granted after a pause (I7) is seen in
//! journals, not in rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use roaring::RoaringBitmap;
use sheaf_model::task::STAGE_LABEL;
use sheaf_model::{
    BatchState, Ordinal, Slot, SlotPlace, SlotState, Task, TaskCounts, TaskId, TaskRules, UserId,
};
use sheaf_select::CHUNK;
use sheaf_store::batch_hours::{Work, hour};
use sheaf_store::batches::BatchRow;
use sheaf_store::check::{ReviewFacts, SlotFacts, SubmissionFacts};
use sheaf_store::queue::Feeds;

use super::{Check, REPORT_IT, readable};
use crate::Result;

pub(super) fn check(check: &mut Check<'_>, batch: &BatchRow, members: &RoaringBitmap) -> Result<()> {
    let (mut counts, mut touched, mut hours) = (TaskCounts::default(), RoaringBitmap::new(), BTreeMap::new());
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
        counts += tasks(check, batch, members, &slots, &submissions);
        let verdicts = check.tx.review_facts(batch.project, batch.id, from, until)?;
        work(&mut hours, &slots, &submissions, &verdicts);
        touched.extend(slots.iter().map(|slot| slot.ordinal));
        if beyond {
            break;
        }
    }
    feed(check, batch, members, &touched)?;
    recount(check, batch, &counts);
    let stored: Hours = check.tx.stored_hours(batch.project, batch.id)?.into_iter().collect();
    let keys: BTreeSet<_> = stored.keys().chain(hours.keys()).collect();
    for key in keys {
        let (says, has) = (stored.get(key).copied(), hours.get(key).copied());
        if says.unwrap_or_default() != has.unwrap_or_default() {
            let what = format!(
                "says {:?}, and a recount gives {:?}",
                says.unwrap_or_default(),
                has.unwrap_or_default()
            );
            check.find("batch_hours", format!("{}, hour {}, {}", batch.id, key.0, key.1), what, REPORT_IT);
        }
    }
    Ok(())
}

/// By hour and person.
type Hours = BTreeMap<(i64, UserId), Work>;

/// What was handed in, counted again.
fn work(hours: &mut Hours, slots: &[SlotFacts], answers: &[SubmissionFacts], verdicts: &[ReviewFacts]) {
    let rounds: HashMap<_, i64> =
        slots.iter().map(|slot| ((slot.ordinal, slot.stage, slot.n), slot.round)).collect();
    // What people did elsewhere is no work that was done here.
    let first = |answer: &&SubmissionFacts| {
        answer.stage == i64::from(STAGE_LABEL) && answer.revision == 1 && !answer.person.is_elsewhere()
    };
    for answer in answers.iter().filter(first) {
        let counted = hours.entry((hour(answer.at), answer.person)).or_default();
        *counted += Work::label(answer.seconds);
        if rounds.get(&(answer.ordinal, answer.stage, answer.n)).is_some_and(|now| *now > answer.round) {
            *counted += Work::sent_back();
        }
    }
    for verdict in verdicts {
        *hours.entry((hour(verdict.at), verdict.person)).or_default() += Work::review(verdict.rejected);
    }
}

fn task(batch: &BatchRow, ordinal: Ordinal) -> TaskId {
    TaskId { project: batch.project, batch: batch.id, ordinal }
}

/// Every touched task and its answers; the recounts.
fn tasks(
    check: &mut Check<'_>,
    batch: &BatchRow,
    members: &RoaringBitmap,
    slots: &[SlotFacts],
    submissions: &[SubmissionFacts],
) -> TaskCounts {
    let mut by_slot: HashMap<(Ordinal, i64, i64), Vec<&SubmissionFacts>> = HashMap::new();
    for submission in submissions {
        by_slot.entry((submission.ordinal, submission.stage, submission.n)).or_default().push(submission);
    }
    let mut counts = TaskCounts::default();
    for facts in slots.chunk_by(|a, b| a.ordinal == b.ordinal) {
        let id = task(batch, facts[0].ordinal);
        if !members.contains(facts[0].ordinal) {
            check.find("slots", id, "is of an asset that is not in the batch", REPORT_IT);
        }
        let read = as_task(batch.rules, facts);
        let ended = batch.state == BatchState::Cancelled;
        for problem in read.problems().into_iter().filter(|_| !ended) {
            check.find("slots", id, problem, REPORT_IT);
        }
        counts += read.counts();
        for slot in facts {
            let answers = by_slot.remove(&(slot.ordinal, slot.stage, slot.n)).unwrap_or_default();
            one_slot(check, id, slot, &answers);
        }
    }
    for ((ordinal, ..), answers) in by_slot {
        let what = format!("{} answers to a task that nobody was given", answers.len());
        check.find("submissions", task(batch, ordinal), what, REPORT_IT);
    }
    counts
}

/// The task that its rows make; what of it is not read plays no part in the invariants.
fn as_task(rules: TaskRules, facts: &[SlotFacts]) -> Task {
    let slots: BTreeMap<SlotPlace, Slot> = facts
        .iter()
        .filter_map(|slot| {
            let place = SlotPlace { stage: u8::try_from(slot.stage).ok()?, n: u8::try_from(slot.n).ok()? };
            let read = Slot {
                state: slot.state?,
                holder: slot.holder,
                fence: slot.fence,
                lease_until: slot.leased.then_some(0),
                round: slot.round,
                ..Slot::untouched()
            };
            Some((place, read))
        })
        .collect();
    let labels = slots.keys().filter(|place| place.stage == STAGE_LABEL).count();
    Task { rules: rules.of_task(labels), slots }
}

fn one_slot(check: &mut Check<'_>, id: TaskId, slot: &SlotFacts, answers: &[&SubmissionFacts]) {
    let Some(state) = slot.state else {
        check.find("slots", id, "has an unknown state", REPORT_IT);
        return;
    };
    if answers.iter().any(|answer| answer.round > slot.round) {
        check.find("submissions", id, "an answer is of a round that has not begun", REPORT_IT);
    }
    let label = slot.stage == i64::from(STAGE_LABEL);
    let mut now: Vec<_> = answers.iter().filter(|answer| answer.round == slot.round).collect();
    now.sort_by_key(|answer| answer.revision);
    if (1..).zip(&now).any(|(n, answer)| answer.revision != n) {
        check.find("submissions", id, "the revisions of an answer are not one after the other", REPORT_IT);
    }
    match (state, now.as_slice()) {
        (SlotState::Submitted, []) if label => {
            check.find("slots", id, "is handed in, with no standing answer", REPORT_IT);
        }
        (SlotState::Submitted, all) => {
            for answer in all {
                if Some(answer.person) != slot.holder || Some(answer.fence) != slot.fence {
                    let what = format!("answer {} was not given under the slot's lease", answer.id);
                    check.find("submissions", id, what, REPORT_IT);
                }
            }
        }
        (_, []) => {}
        (_, all) => {
            let what = format!("is {state:?}, with {} answers of this round", all.len());
            check.find("slots", id, what, REPORT_IT);
        }
    }
}

/// What the queue takes for untouched is what nobody has touched, and an order hands out each of it once.
fn feed(
    check: &mut Check<'_>,
    batch: &BatchRow,
    members: &RoaringBitmap,
    touched: &RoaringBitmap,
) -> Result<()> {
    // New ones: nothing of what the rows say now may be remembered from before.
    let feeds = Feeds::default();
    let read = feeds.untouched(check.tx, batch).and_then(|untouched| {
        let order = if batch.sequence == 0 { None } else { Some(feeds.stored_order(check.tx, batch)?) };
        Ok((untouched, order))
    });
    let Some((untouched, order)) = readable(check, "batch_late", batch.id, read) else { return Ok(()) };
    let lost = members - &untouched - touched;
    if let Some(first) = lost.min() {
        let what = format!("{} tasks behind the cursor were never given to anybody", lost.len());
        check.find("batches", task(batch, first), what, REPORT_IT);
    }
    let twice = &untouched & touched;
    if let Some(first) = twice.min() {
        let what = format!("{} touched tasks are still before the cursor", twice.len());
        check.find("batches", task(batch, first), what, REPORT_IT);
    }
    let strange = &untouched - members;
    if let Some(first) = strange.min() {
        let what = format!("{} tasks to be handed out are not in the batch", strange.len());
        check.find("batch_late", task(batch, first), what, REPORT_IT);
    }
    if let Some(order) = order {
        let served: RoaringBitmap = order.iter().copied().collect();
        if served != untouched || order.len() as u64 != served.len() {
            let what = "its order does not hand out every untouched task once";
            check.find("batch_sequence", batch.id, what, REPORT_IT);
        }
    }
    Ok(())
}

/// I10.
fn recount(check: &mut Check<'_>, batch: &BatchRow, counts: &TaskCounts) {
    let stored = batch.progress.counts;
    if stored != *counts {
        let what = format!("its counts are {stored:?}, and the rows say {counts:?}");
        check.find("batch_progress", batch.id, what, REPORT_IT);
    }
    if batch.state == BatchState::Completed && counts.done < batch.n_members {
        check.find("batches", batch.id, "is completed with tasks left", REPORT_IT);
    }
}
