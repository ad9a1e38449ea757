//! What managers look at: lists of touched slots by their indexes, and the counts by the hour.

use roaring::RoaringBitmap;
use sheaf_model::{BatchId, ProjectId, TaskRules, UserId};
use sheaf_store::StoreError;
use sheaf_store::batch_hours::{HOUR_MS, Work};
use sheaf_store::queue::list::{Listed, START};

use crate::batches::insert;
use crate::{PROJECT, Run, plan, plan_of, statements, store};

const BATCH: BatchId = BatchId(1);
const REVIEWED: TaskRules = TaskRules { overlap: 1, review_levels: 1 };

/// A job that fails takes back what it added and nobody else's, also when they share a commit.
#[test]
fn hours_follow_the_jobs_that_are_kept() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect::<RoaringBitmap>());
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
                for _ in 0..n {
                    tx.add_work(PROJECT, BATCH, UserId(1), n % 3 * HOUR_MS, Work::label(Some(2.0)));
                }
                if n % 2 == 0 { Err(StoreError::Database("not this one".into())) } else { Ok(()) }
            })
        }));
    }
    go.send(()).unwrap();
    let failed = jobs.into_iter().map(|job| job.join().unwrap()).filter(Result::is_err).count();
    assert_eq!(failed, 4);
    let hours = store.read_blocking(|tx| tx.stored_hours(PROJECT, BATCH)).unwrap();
    let of = |n| Work { labels: n, timed: n, label_ms: n * 2_000, ..Work::default() };
    let me = UserId(1);
    assert_eq!(hours, [((0, me), of(3)), ((1, me), of(1 + 7)), ((2, me), of(5))]);
}

/// Whoever waits for changes is told of counts, of states, and of who may look, and of nothing else.
#[test]
fn those_who_look_are_told() {
    let (_dir, store) = store();
    insert(&store, 1, "one", &(0..9).collect::<RoaringBitmap>());
    let mut changes = store.queue_changes();
    changes.mark_unchanged();
    store.write_blocking(|tx| tx.put_event(PROJECT, 1, &event())).unwrap();
    assert!(!changes.has_changed().unwrap());
    let open = sheaf_model::TaskCounts { open: 1, ..Default::default() };
    store.write_blocking(move |tx| tx.move_progress(PROJECT, BATCH, open, None)).unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    store.write_blocking(|tx| tx.set_roles(PROJECT, UserId(1), sheaf_model::Roles(4))).unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    store.write_blocking(|tx| tx.delete_session(&[0; 32]).map(drop)).unwrap();
    assert!(changes.has_changed().unwrap());
}

fn event() -> sheaf_store::events::EventRow {
    let kind = sheaf_store::events::EventKind::Claimed;
    sheaf_store::events::EventRow { at: 1, kind, actor: None, batch: None, details: None }
}

/// Each list finds its page by the index that was made for it, and none walks over all touched slots of a batch.
#[test]
fn lists_have_their_plans() {
    let (_dir, store) = store();
    let list = |what| {
        move |tx: &sheaf_store::Tx<'_>| drop(tx.listed_slots(PROJECT, BATCH, REVIEWED, what, START, 50))
    };
    let (held, blocked, open, to_review) =
        (list(Listed::Held), list(Listed::Blocked), list(Listed::Open), list(Listed::ToReview));
    let done: Run<'_> = &|tx| drop(tx.done_tasks(PROJECT, BATCH, REVIEWED, None, 50, 1));
    let skips: Run<'_> = &|tx| {
        drop(tx.skips_of_task(sheaf_model::TaskId { project: PROJECT, batch: BATCH, ordinal: 1 }));
    };
    let holders: Run<'_> = &|tx| drop(tx.batch_holders(PROJECT, BATCH, 1));
    let work: Run<'_> = &|tx| drop(tx.batch_work(PROJECT, BATCH, 9));
    let hours: Run<'_> = &|tx| drop(tx.batch_hours(PROJECT, BATCH, 9));
    let paused: Run<'_> = &|tx| drop(tx.paused_in(UserId(1)));
    for (f, wanted) in [
        (
            &held as Run<'_>,
            "slots USING INDEX slots_lease (project_id=? AND batch_id=? AND (lease_until,ordinal,stage,n)>(?,?,?,?))",
        ),
        (
            &blocked,
            "slots USING INDEX slots_blocked (project_id=? AND batch_id=? AND (ordinal,stage,n)>(?,?,?))",
        ),
        (
            &open,
            "slots USING INDEX slots_open (project_id=? AND batch_id=? AND stage=? AND (ordinal,n)>(?,?))",
        ),
        (
            &to_review,
            "slots USING INDEX slots_open (project_id=? AND batch_id=? AND stage=? AND (ordinal,n)>(?,?))",
        ),
        (done, "slots USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal>?)"),
        (skips, "skips USING PRIMARY KEY (project_id=? AND batch_id=? AND ordinal=?)"),
        (holders, "slots USING INDEX slots_lease (project_id=? AND batch_id=?)"),
        (work, "batch_hours USING PRIMARY KEY (project_id=? AND batch_id=? AND hour>?)"),
        (hours, "batch_hours USING PRIMARY KEY (project_id=? AND batch_id=? AND hour>?)"),
        (paused, "members USING INDEX members_user (user_id=?)"),
    ] {
        let Some((statement, plan)) = plan(&store, f) else { continue };
        assert_eq!(plan[0], format!("SEARCH {wanted}"), "{statement}: {plan:?}");
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{statement}: {plan:?}");
    }
    // Kept slots of both stages; both statements are the same.
    let kept = statements(&store, &list(Listed::Kept));
    assert_eq!((kept.len(), &kept[0]), (2, &kept[1]));
    let wanted = "SEARCH slots USING INDEX slots_kept (project_id=? AND batch_id=? AND stage=? AND (kept_for,ordinal,n)>(?,?,?))";
    let plan = plan_of(&store, &kept[0]);
    assert!(plan.is_none_or(|plan| plan[0] == wanted));
    let free = statements(&store, &|tx| drop(tx.free_for(PROJECT, BATCH, 0, UserId(1), 50)));
    let plan = plan_of(&store, &free[0]);
    let wanted =
        "SEARCH slots USING INDEX slots_open (project_id=? AND batch_id=? AND stage=? AND ordinal>?)";
    assert!(plan.as_ref().is_none_or(|plan| plan.iter().any(|step| step == wanted)), "{plan:?}");
    let seconds = statements(&store, &|tx| drop(tx.newest_seconds(PROJECT, Some(BATCH), UserId(1), 50)));
    let plan = plan_of(&store, &seconds[0]);
    // One after the other, newest first, until there are enough.
    let wanted = "SEARCH submissions USING INDEX submissions_person (project_id=? AND person=?)";
    assert!(plan.as_ref().is_none_or(|plan| plan.iter().any(|step| step == wanted)), "{plan:?}");
}

/// A database from before: what was handed in is counted by the hour.
#[test]
fn hours_of_before_are_counted() {
    let dir = sheaf_testing::Home::sqlite();
    let conn = rusqlite::Connection::open(dir.path().join("sheaf.db")).unwrap();
    for step in [
        include_str!("../../migrations/sqlite/0001_first_schema.sql"),
        include_str!("../../migrations/sqlite/0002_batch_revisions.sql"),
        include_str!("../../migrations/sqlite/0003_saved_queries_and_standing_batches.sql"),
        include_str!("../../migrations/sqlite/0004_metadata_updates.sql"),
        include_str!("../../migrations/sqlite/0005_queue_stages.sql"),
        include_str!("../../migrations/sqlite/0006_webhooks.sql"),
    ] {
        conn.execute_batch(step).unwrap();
    }
    // One answer that stands, one that was sent back and changed before, one that took for ever, and a reviewer's.
    conn.execute_batch(
        "INSERT INTO slots VALUES (7, 1, 1, 0, 0, 2, 5, x'01', 1, NULL, 1, 1, NULL, 1, NULL, NULL);
         INSERT INTO slots VALUES (7, 1, 2, 0, 0, 0, NULL, NULL, 1, NULL, NULL, 2, NULL, 1, NULL, NULL);
         INSERT INTO submissions VALUES (7, x'01', x'', 1, 1, 0, 0, 5, 1, x'01', 1, '{}', 2.5, 3600000, 1);
         INSERT INTO submissions VALUES (7, x'02', x'', 1, 2, 0, 0, 5, 1, x'02', 1, '{}', NULL, 3600001, 1);
         INSERT INTO submissions VALUES (7, x'03', x'', 1, 2, 0, 0, 5, 1, x'02', 1, '{}', 9.0, 3600002, 2);
         INSERT INTO submissions VALUES (7, x'04', x'', 1, 3, 0, 0, 5, 1, x'03', 1, '{}', 1e300, 7200000, 1);
         INSERT INTO submissions VALUES (7, x'05', x'', 1, 2, 1, 0, 6, 1, x'04', 1, '{}', 1.0, 7200000, 1);
         INSERT INTO reviews VALUES (7, x'06', x'', 1, 2, 1, 6, 1, x'04', 'rejected', 'no', '[]', 7200000);
         PRAGMA user_version = 6;",
    )
    .unwrap();
    drop(conn);
    let store = sheaf_store::Store::open(dir.path(), dir.database()).unwrap();
    let hours = store.read_blocking(|tx| tx.stored_hours(ProjectId(7), BATCH)).unwrap();
    let (me, other) = (UserId(5), UserId(6));
    let mut first = Work::label(Some(2.5));
    first += Work::label(None);
    first += Work::sent_back();
    assert_eq!(
        hours,
        [((1, me), first), ((2, me), Work::label(Some(1e300))), ((2, other), Work::review(true))]
    );
}
