//! Batches as bitmaps, the feed of untouched tasks, and the plans of the hot statements.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, BatchKind, BatchState, Slot, SlotEvent, SlotState, UserId};
use sheaf_store::batches::BatchRow;
use sheaf_store::queue::slots::Counts;
use sheaf_store::queue::{Feeds, SlotKey, SlotRow};
use sheaf_store::{Store, StoreError, args};

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

/// The statements that every claim and submit runs must find their rows by key, whatever the size of the tables.
#[test]
fn hot_statements_search_and_do_not_scan() {
    let (_dir, store) = store();
    let hot = [
        "SELECT state FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND ordinal = ?3 AND stage = 0 AND n = 0",
        "SELECT ordinal FROM slots WHERE holder = ?1 AND project_id = ?2 AND state = 1",
        "SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND state = 0 ORDER BY ordinal LIMIT 1",
        "SELECT ordinal FROM slots WHERE project_id = ?1 AND batch_id = ?2 AND state = 1 AND lease_until <= ?3
         ORDER BY lease_until LIMIT 1",
        "SELECT batch_id FROM batches WHERE project_id = ?1 AND state = 'in_progress'",
        "SELECT person FROM submissions WHERE project_id = ?1 AND submission_id = ?2",
        "SELECT data FROM blocks WHERE project_id = ?1 AND field_id = ?2 AND chunk BETWEEN ?3 AND 9 ORDER BY chunk",
        "SELECT name FROM assets WHERE project_id = ?1 AND ordinal = ?2",
        "SELECT name FROM assets WHERE project_id = ?1 AND reference = ?2",
    ];
    for sql in hot {
        let plan =
            store.read_blocking(|tx| tx.plan(sql, args![1i64, 2i64, 3i64][..max(sql)].as_ref())).unwrap();
        assert!(!plan.is_empty(), "{sql}");
        for step in plan {
            assert!(step.starts_with("SEARCH"), "{sql}: {step}");
        }
    }
}

/// How many arguments a statement has.
fn max(sql: &str) -> usize {
    (1..=3).filter(|n| sql.contains(&format!("?{n}"))).count()
}
