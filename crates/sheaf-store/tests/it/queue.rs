//! What the tables themselves hold to, whatever is asked of them.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, Slot, SlotPlace, SlotState, Task, TaskId, TaskRules, UserId};
use sheaf_store::StoreError;
use sheaf_store::queue::slots::TaskRows;

use crate::batches::insert;
use crate::{PROJECT, store};

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
