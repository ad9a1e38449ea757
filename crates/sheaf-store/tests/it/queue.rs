//! What the tables themselves hold to, whatever is asked of them.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Slot, SlotPlace, SlotState, SubmissionId, Task, TaskId, TaskRules, UserId};
use sheaf_store::StoreError;
use sheaf_store::queue::SlotKey;
use sheaf_store::queue::slots::TaskRows;

use crate::batches::insert;
use crate::{PROJECT, Run, plan_of, statements, store};

const ANN: UserId = UserId(7);
const BEN: UserId = UserId(8);

/// A task of two judgements, with these people's parts.
fn task(parts: &[(u8, UserId)]) -> Task {
    let mut task = Task::untouched(TaskRules { overlap: 2, review_levels: 1 });
    for (n, person) in parts {
        let held = Slot {
            state: SlotState::Leased,
            holder: Some(*person),
            fence: Some([*n; 16]),
            token: 1,
            lease_until: Some(100),
            held_since: Some(0),
            ..Slot::untouched()
        };
        task.slots.insert(SlotPlace { stage: 0, n: *n }, held);
    }
    task
}

/// What a claim, an answer or a review asks of one task reads that task: never all of a batch or a project, however the
/// database would plan it without statistics.
#[test]
fn what_is_asked_of_one_task_reads_no_other() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect::<RoaringBitmap>());
    let id = TaskId { project: PROJECT, batch: BatchId(1), ordinal: 3 };
    let key = SlotKey::at(id, SlotPlace { stage: 0, n: 0 });
    let asked: [(&str, Run<'_>); 13] = [
        ("task_rows", &|tx| drop(tx.task_rows(id).unwrap())),
        ("slot", &|tx| assert!(tx.slot(&key).unwrap().is_none())),
        ("held_slots", &|tx| drop(tx.held_slots(ANN).unwrap())),
        ("submission", &|tx| drop(tx.submission(PROJECT, SubmissionId([7; 16])).unwrap())),
        ("task_submissions", &|tx| drop(tx.task_submissions(PROJECT, BatchId(1), 3).unwrap())),
        ("submissions_between", &|tx| drop(tx.submissions_between(PROJECT, BatchId(1), 3, 4).unwrap())),
        ("task_reviews", &|tx| drop(tx.task_reviews(id).unwrap())),
        ("draft", &|tx| drop(tx.draft(&key, ANN).unwrap())),
        ("skips_of_task", &|tx| drop(tx.skips_of_task(id).unwrap())),
        ("agreement", &|tx| assert!(tx.agreement(id).unwrap().is_none())),
        ("known_answer", &|tx| drop(tx.known_answer(id).unwrap())),
        ("quality_of", &|tx| drop(tx.quality_of(id).unwrap())),
        ("has_touched", &|tx| assert!(!tx.has_touched(PROJECT, 3, ANN).unwrap())),
    ];
    for (name, run) in asked {
        for statement in statements(&store, run) {
            let Some(plan) = plan_of(&store, &statement) else { continue };
            // Of the sets of members there is one row a batch and chunk.
            let tables = plan.iter().filter(|step| !step.starts_with("SEARCH m USING"));
            let wide = |step: &&String| step.starts_with("SCAN ") || step.ends_with("(project_id=?)");
            assert_eq!(tables.filter(wide).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}: {statement}");
        }
    }
}

/// "Nobody twice in a task" is a key of the database, not only a rule above it.
#[test]
fn nobody_has_two_parts_in_a_task_also_when_nobody_asked() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect::<RoaringBitmap>());
    let id = |ordinal| TaskId { project: PROJECT, batch: BatchId(1), ordinal };
    let put = |ordinal, parts: Vec<(u8, UserId)>| {
        let next = task(&parts);
        let written = store.write_blocking(move |tx| {
            if tx.move_task(id(ordinal), &TaskRows::default(), &next, None)? {
                return Ok(());
            }
            Err(StoreError::Database("taken".into()))
        });
        written.is_ok()
    };
    assert!(put(0, vec![(0, ANN), (1, BEN)]));
    assert!(!put(1, vec![(0, ANN), (1, ANN)]), "the same person, twice at once");
    assert!(!put(0, vec![(0, BEN)]), "a slot that is there already");
    // One who holds a part takes over another's: the rows are as they were read, and still the key refuses.
    let moved = store.write_blocking(move |tx| {
        let rows = tx.task_rows(id(0))?;
        tx.move_task(id(0), &rows, &task(&[(0, ANN), (1, ANN)]), None)
    });
    assert!(!moved.unwrap_or(false));
}
