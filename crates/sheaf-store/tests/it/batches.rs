//! Batches as bitmaps, the feed of untouched tasks, and the plans of the hot statements.

use roaring::RoaringBitmap;
use sheaf_model::{
    BatchId, BatchKind, BatchState, OpenTo, SlotEvent, SlotPlace, Task, TaskCounts, TaskEvent, TaskId,
    TaskOrder, TaskRules, UserId,
};
use sheaf_store::batch_revisions::Changed;
use sheaf_store::batches::BatchRow;
use sheaf_store::queue::slots::TaskRows;
use sheaf_store::queue::{Feeds, SlotKey};
use sheaf_store::{Progress, Store, StoreError};

use crate::{PROJECT, Run, plan, store};

pub fn batch(id: i64, name: &str, members: &RoaringBitmap) -> BatchRow {
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
        rules: TaskRules::default(),
        stamp: id,
        open_to: OpenTo::default(),
        order: TaskOrder::default(),
        sequence: 0,
        due: None,
        position: None,
        gold_rate: 5,
        prelabels: None,
        progress: Progress::default(),
        created: 0,
        created_by: UserId(1),
        launched: None,
        ended: None,
        of_client: false,
        brought_in: false,
    }
}

pub fn insert(store: &Store, id: i64, name: &str, members: &RoaringBitmap) {
    let (row, members) = (batch(id, name, members), members.clone());
    store.write_blocking(move |tx| tx.insert_batch(&row, &members)).unwrap();
}

/// Whoever lost the answer to the commit that began an order does not know that it is used.
#[test]
fn an_order_that_is_used_is_not_forgotten() {
    let (_dir, store) = store();
    let members: RoaringBitmap = (0..10).collect();
    insert(&store, 1, "one", &members);
    let chunk = |sequence| {
        let row = BatchRow { sequence, ..batch(1, "one", &RoaringBitmap::new()) };
        store.read_blocking(move |tx| tx.batch_sequence(&row, 0)).unwrap()
    };
    let put = |sequence: i64| {
        store
            .write_blocking(move |tx| tx.put_sequence(PROJECT, BatchId(1), sequence, 0, &[vec![7]]))
            .unwrap();
    };
    let forget = |sequence| {
        store.write_blocking(move |tx| tx.drop_sequence(PROJECT, BatchId(1), sequence)).unwrap();
    };
    put(5);
    let row = batch(1, "one", &members);
    store.write_blocking(move |tx| tx.begin_order(&row, &members, 9, 5)).unwrap();
    put(6);
    forget(5);
    forget(6);
    assert_eq!((chunk(5), chunk(6)), (Some(vec![7]), None));
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
        let Some((ordinal, from)) = next else { break };
        seen.push(ordinal);
        store
            .write_blocking(move |tx| {
                tx.move_progress(PROJECT, BatchId(1), TaskCounts::default(), Some(from))
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
            let Some((ordinal, from)) = next else { break };
            seen.push(ordinal);
            let moved = TaskCounts::default();
            store.write_blocking(move |tx| tx.move_progress(PROJECT, BatchId(1), moved, Some(from))).unwrap();
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
    assert_eq!(
        (row.progress.cursor, row.progress.late_cursor, row.revision, row.n_members),
        (70_001, 8, 3, 8)
    );
}

#[test]
fn a_task_moves_only_from_the_rows_that_were_read() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect());
    let id = TaskId { project: PROJECT, batch: BatchId(1), ordinal: 5 };
    let label = SlotPlace::label(0);
    let claim = |fence: u8, person: i64| {
        TaskEvent::Slot(label, SlotEvent::Claim { person: UserId(person), fence: [fence; 16], lease_ms: 10 })
    };
    let go = |task: &Task, event: &TaskEvent| task.after(event, BatchState::InProgress, 10).unwrap();
    let write = |rows: &TaskRows, next: &Task| {
        let (rows, next) = (rows.clone(), next.clone());
        store.write_blocking(move |tx| {
            let done = tx.move_task(id, &rows, &next, None)?;
            // What is not written whole is not kept.
            if done { Ok(true) } else { Err(StoreError::Database("moved on".into())) }
        })
    };
    let untouched = TaskRows::default();
    let held = go(&untouched.task(TaskRules::default()), &claim(1, 1));
    assert!(write(&untouched, &held).is_ok());
    assert!(write(&untouched, &held).is_err(), "a task is touched once");

    // Two move from what they read; the second finds that it is not so any more.
    let read = store.read_blocking(|tx| tx.task_rows(id)).unwrap();
    let overdue = read.task(TaskRules::default());
    let (taken, submitted) = (
        overdue.after(&claim(2, 2), BatchState::InProgress, 99).unwrap(),
        go(&overdue, &TaskEvent::Slot(label, SlotEvent::Submit { fence: [1; 16] })),
    );
    assert!(write(&read, &taken).is_ok());
    assert!(write(&read, &submitted).is_err());
    let progress = store.read_blocking(|tx| tx.progress(PROJECT, BatchId(1))).unwrap();
    assert_eq!((progress.cursor, progress.counts.leased, progress.counts.submitted), (6, 1, 0));
}

/// The key that keeps a person out of a task's second slot, whatever the code above it believes.
#[test]
fn nobody_has_two_slots_of_a_task() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect());
    let id = TaskId { project: PROJECT, batch: BatchId(1), ordinal: 5 };
    let rules = TaskRules { overlap: 2, review_levels: 0 };
    let mut task = Task::untouched(rules);
    for (n, slot) in (0u8..).zip(task.slots.values_mut()) {
        let claim = SlotEvent::Claim { person: UserId(1), fence: [n; 16], lease_ms: 10 };
        *slot = slot.after(&claim, BatchState::InProgress, 0).unwrap();
    }
    let done = store.write_blocking(move |tx| tx.move_task(id, &TaskRows::default(), &task, None)).unwrap();
    assert!(!done, "the second slot is refused");
}

/// A job that fails takes back its own changes of the counts and nobody else's, also when they share a commit.
#[test]
fn counts_follow_the_jobs_that_are_kept() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect());
    let moved = |n: i64| TaskCounts { open: n, ..TaskCounts::default() };
    // A job that holds the writer up until all are in line, so that they share one transaction.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let mut jobs = vec![std::thread::spawn({
        let store = store.clone();
        move || {
            store.write_blocking(move |_| {
                wait.recv().unwrap_or_default();
                Ok::<_, StoreError>(())
            })
        }
    })];
    for n in 1..=8i64 {
        let store = store.clone();
        jobs.push(std::thread::spawn(move || {
            store.write_blocking(move |tx| {
                tx.move_progress(PROJECT, BatchId(1), moved(n), None)?;
                // Reading the row writes what is not written yet.
                assert!(tx.batch(PROJECT, BatchId(1))?.unwrap().progress.counts.open >= n);
                if n % 2 == 0 { Err(StoreError::Database("not this one".into())) } else { Ok(()) }
            })
        }));
    }
    go.send(()).unwrap();
    let failed = jobs.into_iter().map(|job| job.join().unwrap()).filter(Result::is_err).count();
    assert_eq!(failed, 4);
    let open = store.read_blocking(|tx| tx.progress(PROJECT, BatchId(1))).unwrap().counts.open;
    assert_eq!(open, 1 + 3 + 5 + 7);
}

/// The statements that every claim, submit and page runs must find their rows by the key that was made for it, whatever
/// the size of the tables. The statements are the real ones, as the functions run them.
#[test]
fn hot_statements_have_their_plans() {
    let (_dir, store) = store();
    let task = TaskId { project: PROJECT, batch: BatchId(1), ordinal: 5 };
    let key = SlotKey::at(task, SlotPlace::label(0));
    let slot: Run<'_> = &|tx| drop(tx.slot(&key));
    let rows: Run<'_> = &|tx| drop(tx.task_rows(task));
    let held: Run<'_> = &|tx| drop(tx.held_slots(UserId(1)));
    let open: Run<'_> = &|tx| drop(tx.open_slot(PROJECT, BatchId(1), 0, UserId(1)));
    let kept: Run<'_> = &|tx| drop(tx.kept_slot(PROJECT, BatchId(1), 0, UserId(1)));
    let kept_too_long: Run<'_> = &|tx| drop(tx.kept_too_long(PROJECT, BatchId(1), 0, UserId(1), 9));
    let overdue: Run<'_> = &|tx| drop(tx.overdue_slot(PROJECT, BatchId(1), false, UserId(1), 9));
    let serving: Run<'_> = &|tx| drop(tx.serving_batches(PROJECT));
    let progress: Run<'_> = &|tx| drop(tx.progress(PROJECT, BatchId(1)));
    let reviews: Run<'_> = &|tx| drop(tx.task_reviews(task));
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
    let skips: Run<'_> = &|tx| drop(tx.skips_of_task(task));
    let own_skips: Run<'_> = &|tx| drop(tx.skips_of_person(PROJECT, UserId(1), 50));
    let sequence: Run<'_> = &|tx| drop(tx.batch_sequence(&batch(1, "one", &RoaringBitmap::new()), 0));
    let history: Run<'_> = &|tx| drop(tx.count_person_submissions(PROJECT, UserId(1), 0));
    for (f, wanted) in [
        (slot, "slots USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal=? AND stage=? AND n=?)"),
        (rows, "slots USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal=?)"),
        (held, "slots USING INDEX slots_held (holder=?)"),
        (open, "s USING INDEX slots_open (project_id=? AND batch_id=? AND stage=? AND ordinal>?)"),
        (kept, "s USING INDEX slots_kept (project_id=? AND batch_id=? AND stage=? AND kept_for=?)"),
        (
            kept_too_long,
            "s USING INDEX slots_kept_until (project_id=? AND batch_id=? AND stage=? AND kept_until<?)",
        ),
        (progress, "batch_progress USING PRIMARY KEY (project_id=? AND batch_id=?)"),
        (reviews, "reviews USING INDEX reviews_task (project_id=? AND batch_id=? AND ordinal=?)"),
        (overdue, "s USING INDEX slots_lease (project_id=? AND batch_id=? AND lease_until<?)"),
        (serving, "b USING INDEX batches_serving (project_id=?)"),
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
        (skips, "skips USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal=?)"),
        (own_skips, "skips USING INDEX skips_person (project_id=? AND person=?)"),
        (
            sequence,
            "batch_sequence USING INDEX sqlite_autoindex_batch_sequence_1 (project_id=? AND batch_id=? AND sequence=? AND chunk=?)",
        ),
        (
            history,
            "submissions USING COVERING INDEX submissions_person (project_id=? AND person=? AND submitted_ms>?)",
        ),
    ] {
        let Some((statement, plan)) = plan(&store, f) else { continue };
        assert_eq!(plan[0], format!("SEARCH {wanted}"), "{statement}: {plan:?}");
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{statement}: {plan:?}");
    }
}
