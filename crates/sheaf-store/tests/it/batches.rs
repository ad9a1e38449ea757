//! Batches as bitmaps, the feed of untouched tasks, and the plans of the hot statements.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, BatchKind, BatchState, Slot, SlotEvent, SlotState, UserId};
use sheaf_store::batch_revisions::Changed;
use sheaf_store::batches::BatchRow;
use sheaf_store::queue::slots::Counts;
use sheaf_store::queue::{Feeds, SlotKey, SlotRow};
use sheaf_store::sql::recorded;
use sheaf_store::{Store, StoreError, Tx};

use crate::{PROJECT, store};

fn batch(id: i64, name: &str, members: &RoaringBitmap) -> BatchRow {
    BatchRow {
        project: PROJECT,
        id: BatchId(id),
        name: name.into(),
        kind: BatchKind::Production,
        state: BatchState::Staging,
        archived: false,
        priority: 0,
        revision: 1,
        recipe: "{}".into(),
        n_members: members.len() as i64,
        cursor: 0,
        late_cursor: 0,
        stamp: id,
        n_open: 0,
        n_leased: 0,
        n_submitted: 0,
        n_blocked: 0,
        created: 0,
        created_by: UserId(1),
        launched: None,
        ended: None,
    }
}

fn insert(store: &Store, id: i64, name: &str, members: &RoaringBitmap) {
    let (row, members) = (batch(id, name, members), members.clone());
    store.write_blocking(move |tx| tx.insert_batch(&row, &members)).unwrap();
}

#[test]
fn members_come_back_as_they_were() {
    let (_dir, store) = store();
    let mut members: RoaringBitmap = (0..200_000).step_by(7).collect();
    members.insert_range(300_000..500_000);
    insert(&store, 1, "one", &members);
    insert(&store, 2, "all", &(0..1_000_000).collect());
    let (read, union, in_chunk) = store
        .read_blocking(|tx| {
            let one = tx.batch_members(PROJECT, BatchId(1))?;
            let union = tx.members_of_any(PROJECT, &[BatchId(1), BatchId(2)])?;
            assert!(tx.is_member(PROJECT, BatchId(1), 14)? && !tx.is_member(PROJECT, BatchId(1), 15)?);
            Ok::<_, StoreError>((one, union.len(), tx.members_in_chunk(PROJECT, 0)?.len()))
        })
        .unwrap();
    assert!(read == members);
    assert_eq!((union, in_chunk), (1_000_000, 2));
}

#[test]
fn the_same_name_twice_is_a_constraint() {
    let (_dir, store) = store();
    let members: RoaringBitmap = (0..3).collect();
    insert(&store, 1, "one", &members);
    let row = batch(2, "one", &members);
    let again = store.write_blocking(move |tx| tx.insert_batch(&row, &members));
    assert!(matches!(again, Err(StoreError::Constraint(_))));
}

#[test]
fn the_feed_walks_the_members_from_the_cursor_on() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &[5, 9, 70_000].into_iter().collect());
    let feeds = Feeds::default();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let next =
            store.read_blocking(|tx| feeds.next(tx, &tx.batch(PROJECT, BatchId(1))?.unwrap())).unwrap();
        let Some(ordinal) = next else { break };
        seen.push(ordinal);
        store
            .write_blocking(move |tx| {
                tx.move_counts(PROJECT, BatchId(1), Counts::touched(SlotState::Leased, ordinal))
            })
            .unwrap();
    }
    assert_eq!(seen, [5, 9, 70_000]);
}

/// Late members come first, from their own cursor on, whatever the order of appends and claims.
#[test]
fn the_feed_serves_what_was_appended_below_the_cursor() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &[50, 51, 60].into_iter().collect());
    let feeds = Feeds::default();
    let touch = |n: usize| -> Vec<u32> {
        let mut seen = Vec::new();
        for _ in 0..n {
            let next =
                store.read_blocking(|tx| feeds.next(tx, &tx.batch(PROJECT, BatchId(1))?.unwrap())).unwrap();
            let Some(ordinal) = next else { break };
            seen.push(ordinal);
            let moved = Counts::touched(SlotState::Leased, ordinal);
            store.write_blocking(move |tx| tx.move_counts(PROJECT, BatchId(1), moved)).unwrap();
        }
        seen
    };
    let change = |members: &[u32], late: &[u32], stamp: i64| {
        let (members, late): (RoaringBitmap, RoaringBitmap) =
            (members.iter().collect(), late.iter().collect());
        store
            .write_blocking(move |tx| {
                tx.change_members(PROJECT, BatchId(1), &Changed { members: &members, late: &late, stamp })
            })
            .unwrap();
    };
    assert_eq!(touch(1), [50]);
    change(&[3, 7, 50, 51, 60, 70_000], &[3, 7], 2);
    assert_eq!(touch(1), [3]);
    change(&[1, 3, 5, 7, 50, 51, 60, 70_000], &[1, 5, 7], 3);
    assert_eq!(touch(9), [1, 5, 7, 51, 60, 70_000]);
    let row = store.read_blocking(|tx| tx.batch(PROJECT, BatchId(1))).unwrap().unwrap();
    assert_eq!((row.cursor, row.late_cursor, row.revision, row.n_members), (70_001, 8, 3, 8));
}

#[test]
fn a_slot_moves_only_from_the_state_that_was_read() {
    let (_dir, store) = store();
    let key = SlotKey::label(PROJECT, BatchId(1), 5);
    let claim = |fence: u8| SlotEvent::Claim { person: UserId(1), fence: [fence; 16], lease_ms: 10 };
    let row = |slot: Slot| SlotRow { key, slot, claim: None, taxonomy_version: 1 };
    let held = row(Slot::untouched().after(&claim(1), BatchState::InProgress, 0).unwrap());
    let insert = held.clone();
    assert!(store.write_blocking(move |tx| tx.insert_slot(&insert)).unwrap());
    let again = held.clone();
    assert!(!store.write_blocking(move |tx| tx.insert_slot(&again)).unwrap(), "a task is touched once");

    // Two move from what they read; the second finds that it is not so any more.
    let taken = row(held.slot.after(&claim(2), BatchState::InProgress, 10).unwrap());
    let submitted =
        row(held.slot.after(&SlotEvent::Submit { fence: [1; 16] }, BatchState::InProgress, 10).unwrap());
    let (from, to) = (held.clone(), taken);
    assert!(store.write_blocking(move |tx| tx.move_slot(&from, &to)).unwrap());
    assert!(!store.write_blocking(move |tx| tx.move_slot(&held, &submitted)).unwrap());
}

/// The statements that every claim, submit and page runs must find their rows by the key that was made for it, whatever
/// the size of the tables. The statements are the real ones, as the functions run them.
#[test]
fn hot_statements_have_their_plans() {
    let (_dir, store) = store();
    let key = SlotKey::label(PROJECT, BatchId(1), 5);
    let run = |f: &dyn Fn(&Tx<'_>)| {
        recorded(|| {
            store
                .read_blocking(|tx| {
                    f(tx);
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        })
    };
    type Run<'a> = &'a dyn Fn(&Tx<'_>);
    let slot: Run<'_> = &|tx| drop(tx.slot(&key));
    let held: Run<'_> = &|tx| drop(tx.held_slots(PROJECT, UserId(1)));
    let open: Run<'_> = &|tx| drop(tx.open_slot(PROJECT, BatchId(1), UserId(1)));
    let overdue: Run<'_> = &|tx| drop(tx.overdue_slot(PROJECT, BatchId(1), UserId(1), 9));
    let serving: Run<'_> = &|tx| drop(tx.serving_batches(PROJECT, false));
    let submission: Run<'_> = &|tx| drop(tx.submission(PROJECT, sheaf_model::SubmissionId([0; 16])));
    let asset: Run<'_> = &|tx| drop(tx.asset(PROJECT, 5));
    let reference: Run<'_> = &|tx| drop(tx.asset_by_reference(PROJECT, "x"));
    let late: Run<'_> = &|tx| drop(tx.late_members(PROJECT, BatchId(1)));
    let revisions: Run<'_> = &|tx| drop(tx.batch_revisions_page(PROJECT, BatchId(1), None, 50));
    let newest: Run<'_> = &|tx| drop(tx.newest_batch(PROJECT));
    let chunk: Run<'_> = &|tx| drop(tx.members_in_chunk(PROJECT, 0));
    let blocks: Run<'_> = &|tx| {
        let name = sheaf_select::FieldKey::Builtin(sheaf_select::Builtin::Name);
        drop(tx.blocks(PROJECT, &name, &[0, 1]));
    };
    let history: Run<'_> = &|tx| drop(tx.count_person_submissions(PROJECT, UserId(1), 0));
    for (f, wanted) in [
        (slot, "slots USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal=? AND stage=? AND n=?)"),
        (held, "slots USING INDEX slots_held (holder=? AND project_id=?)"),
        (open, "s USING INDEX slots_open (project_id=? AND batch_id=?)"),
        (overdue, "s USING INDEX slots_lease (project_id=? AND batch_id=? AND lease_until<?)"),
        (serving, "batches USING INDEX batches_serving (project_id=?)"),
        (submission, "submissions USING PRIMARY KEY (project_id=? AND submission_id=?)"),
        (asset, "assets USING PRIMARY KEY (project_id=? AND ordinal=?)"),
        (reference, "assets USING INDEX assets_reference (project_id=? AND reference=?)"),
        (late, "batch_late USING INDEX sqlite_autoindex_batch_late_1 (project_id=? AND batch_id=?)"),
        (
            revisions,
            "batch_revisions USING INDEX sqlite_autoindex_batch_revisions_1 (project_id=? AND batch_id=? AND revision<?)",
        ),
        (newest, "batches USING COVERING INDEX sqlite_autoindex_batches_1 (project_id=?)"),
        (chunk, "batch_members USING INDEX batch_members_chunk (project_id=? AND chunk=?)"),
        (
            blocks,
            "blocks USING INDEX sqlite_autoindex_blocks_1 (project_id=? AND field_id=? AND chunk>? AND chunk<?)",
        ),
        (
            history,
            "submissions USING COVERING INDEX submissions_person (project_id=? AND person=? AND submitted_ms>?)",
        ),
    ] {
        let statements = run(f);
        assert_eq!(statements.len(), 1, "{statements:?}");
        let plan = store.read_blocking(|tx| tx.plan(&statements[0])).unwrap();
        assert_eq!(plan[0], format!("SEARCH {wanted}"), "{}: {plan:?}", statements[0]);
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{}: {plan:?}", statements[0]);
    }
}
