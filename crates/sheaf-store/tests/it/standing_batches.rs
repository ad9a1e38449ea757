//! What is counted comes back as it was, what may not be twice is not, and the scheduler's statements find their rows by
//! key.

use roaring::RoaringBitmap;
use sheaf_model::standing_batch::Daily;
use sheaf_model::{
    BatchId, BatchKind, CatchUp, Exclude, Pick, RunCause, RunOutcome, StandingBatchId, StandingPlan, Trigger,
    UserId,
};
use sheaf_store::standing_batches::{StandingBatchRow, StandingRunRow};
use sheaf_store::{Store, StoreError};

use crate::{PROJECT, Run, append, plan, store};

const ID: StandingBatchId = StandingBatchId(5);

fn row(id: StandingBatchId, name: &str, next_due: Option<i64>) -> StandingBatchRow {
    let daily = Daily { at: "06:00".parse().unwrap(), utc_offset_minutes: 0 };
    StandingBatchRow {
        project: PROJECT,
        id,
        name: name.into(),
        plan: StandingPlan {
            query: String::new(),
            exclude: Exclude::default(),
            pick: Pick::All,
            trigger: next_due.map_or(Trigger::Matches { every: 2 }, |_| Trigger::Daily(daily)),
            name_pattern: "x".into(),
            kind: BatchKind::Production,
            priority: 0,
            rules: Default::default(),
            open_to: Default::default(),
            order: Default::default(),
            due_hours: None,
            prelabels: None,
            launch: false,
            catch_up: CatchUp::Once,
        },
        paused: false,
        next_due,
        n_runs: 0,
        created: 0,
        created_by: UserId(1),
    }
}

fn run(n: i64, due: i64) -> StandingRunRow {
    StandingRunRow {
        n,
        cause: RunCause::Time,
        due,
        ran: due,
        outcome: RunOutcome::Empty,
        batch: None,
        batch_name: None,
        members: 0,
        message: None,
    }
}

fn insert(store: &Store, new: StandingBatchRow) -> Result<(), StoreError> {
    store.write_blocking(move |tx| tx.insert_standing_batch(&new))
}

#[test]
fn what_is_counted_grows() {
    let (_dir, store) = store();
    insert(&store, row(ID, "one", None)).unwrap();
    let mut all = RoaringBitmap::new();
    for more in [vec![1, 2, 70_000], vec![2, 3], vec![200_000], (60_000..140_000).collect()] {
        let more: RoaringBitmap = more.into_iter().collect();
        all |= &more;
        store.write_blocking(move |tx| tx.add_standing_counted(PROJECT, ID, &more)).unwrap();
        assert_eq!(store.read_blocking(|tx| tx.standing_counted(PROJECT, ID)).unwrap(), all);
    }
    store.write_blocking(|tx| tx.delete_standing_batch(PROJECT, ID)).unwrap();
    assert!(store.read_blocking(|tx| tx.standing_counted(PROJECT, ID)).unwrap().is_empty());
}

#[test]
fn a_due_time_is_dealt_with_once() {
    let (_dir, store) = store();
    let of = row(ID, "one", Some(1_000));
    insert(&store, of.clone()).unwrap();
    let put = |run: StandingRunRow| {
        let of = of.clone();
        store.write_blocking(move |tx| tx.insert_standing_run(&of, &run))
    };
    put(run(1, 1_000)).unwrap();
    for again in [run(1, 2_000), run(2, 1_000)] {
        assert!(matches!(put(again), Err(StoreError::Constraint(_))));
    }
    put(StandingRunRow { cause: RunCause::Hand, ..run(2, 1_000) }).unwrap();
    let (n_runs, last) = store
        .read_blocking(|tx| {
            let row = tx.standing_batch(PROJECT, ID)?.unwrap();
            Ok::<_, StoreError>((row.n_runs, tx.last_standing_due(PROJECT, ID)?))
        })
        .unwrap();
    assert_eq!((n_runs, last), (2, Some(1_000)));
    assert!(matches!(insert(&store, row(StandingBatchId(6), "one", None)), Err(StoreError::Constraint(_))));
}

#[test]
fn what_is_due_rests_with_its_project() {
    let (_dir, store) = store();
    insert(&store, row(ID, "late", Some(2_000))).unwrap();
    insert(&store, row(StandingBatchId(6), "early", Some(1_000))).unwrap();
    insert(&store, row(StandingBatchId(7), "counting", None)).unwrap();
    let look = || {
        store
            .read_blocking(|tx| {
                let due =
                    tx.due_standing_batches(1_500, 9)?.into_iter().map(|(_, id)| id.0).collect::<Vec<_>>();
                let counting =
                    tx.counting_standing_batches()?.into_iter().map(|it| it.id.0).collect::<Vec<_>>();
                Ok::<_, StoreError>((due, tx.next_standing_due(1_500)?, counting))
            })
            .unwrap()
    };
    assert_eq!(look(), (vec![6], Some(2_000), vec![7]));
    store
        .write_blocking(|tx| {
            let mut project = tx.project(PROJECT)?.unwrap();
            project.archived = true;
            tx.update_project(&project)
        })
        .unwrap();
    assert_eq!(look(), (vec![], None, vec![]));
}

#[test]
fn a_change_of_a_library_is_told_after_its_commit() {
    let (_dir, store) = store();
    let mut changes = store.library_changes();
    insert(&store, row(ID, "one", None)).unwrap();
    assert!(!changes.has_changed().unwrap(), "no asset has come");
    append(&store, 0, 3);
    assert!(changes.has_changed().unwrap());
    changes.borrow_and_update();
    // A job that fails in the same group must not swallow it.
    let (of, group) = (store.clone(), store.clone());
    let failing = std::thread::spawn(move || {
        of.write_blocking(|_| Err::<(), _>(StoreError::Constraint("on purpose".into())))
    });
    append(&group, 3, 3);
    assert!(failing.join().unwrap().is_err());
    assert!(changes.has_changed().unwrap());
}

#[test]
fn statements_have_their_plans() {
    let (_dir, store) = store();
    let due: Run<'_> = &|tx| drop(tx.due_standing_batches(1, 1));
    let next: Run<'_> = &|tx| drop(tx.next_standing_due(1));
    let counting: Run<'_> = &|tx| drop(tx.counting_standing_batches());
    let runs: Run<'_> = &|tx| drop(tx.standing_runs(PROJECT, ID, None, 1));
    let last: Run<'_> = &|tx| drop(tx.last_standing_due(PROJECT, ID));
    let of: Run<'_> = &|tx| drop(tx.standing_batch_of(PROJECT, BatchId(1)));
    let own: Run<'_> = &|tx| drop(tx.own_saved_queries(PROJECT, UserId(1)));
    let shared: Run<'_> = &|tx| drop(tx.shared_saved_queries(PROJECT));
    for (f, wanted) in [
        (due, "SEARCH s USING INDEX standing_batches_due (next_due_ms<?)"),
        (next, "SEARCH s USING INDEX standing_batches_due (next_due_ms>?)"),
        // Those that wait for matches, and no others.
        (counting, "SCAN s USING INDEX standing_batches_counting"),
        (runs, "SEARCH r USING PRIMARY KEY (project_id=? AND standing_batch_id=? AND n<?)"),
        (last, "SEARCH standing_runs USING INDEX standing_runs_due (project_id=? AND standing_batch_id=?)"),
        (of, "SEARCH r USING INDEX standing_runs_batch (project_id=? AND batch_id=?)"),
        (own, "SEARCH saved_queries USING INDEX saved_queries_own (project_id=? AND owner=?)"),
        (shared, "SEARCH saved_queries USING INDEX saved_queries_shared (project_id=?)"),
    ] {
        let Some((statement, plan)) = plan(&store, f) else { continue };
        // Whether the index alone is enough does not matter here.
        assert_eq!(plan[0].replace("COVERING ", ""), wanted, "{statement}: {plan:?}");
        let others = plan.iter().skip(1);
        assert!(others.clone().all(|step| !step.starts_with("SCAN")), "{statement}: {plan:?}");
        assert!(others.clone().all(|step| !step.contains("TEMP B-TREE")), "{statement}: {plan:?}");
    }
}
