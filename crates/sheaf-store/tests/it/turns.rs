//! Turns to write: of a project, of several, of the instance, of all. Nodes write to different projects at the same time, and
//! to the same thing one after the other.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use sheaf_model::{BatchId, ProjectId, TaskCounts};
use sheaf_store::projects::ProjectRow;
use sheaf_store::{Store, StoreError, Turn, Tx, args};
use sheaf_testing::Home;

use crate::nodes::beside;
use crate::{PROJECT, project, store};

const PROJECTS: [ProjectId; 3] = [PROJECT, ProjectId(8), ProjectId(9)];

/// A store with three projects, and another node on it: the same store with SQLite.
fn nodes() -> (Home, [Store; 2]) {
    let (home, one) = store();
    one.write_blocking(|tx| {
        for id in &PROJECTS[1..] {
            tx.insert_project(&ProjectRow { id: *id, name: format!("p{id}"), ..project() })?;
        }
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let other = beside(&home).unwrap_or_else(|| one.clone());
    (home, [one, other])
}

fn count(tx: &Tx<'_>, id: ProjectId) -> Result<i64, StoreError> {
    tx.int("SELECT n_assets FROM projects WHERE project_id = ?1", args![id])
}

/// Adds one to what a turn may write to, by reading and writing: two at once would lose one.
fn add_one(tx: &Tx<'_>, projects: &[ProjectId], instance: bool) -> Result<(), StoreError> {
    for id in projects {
        let n = count(tx, *id)?;
        tx.exec("UPDATE projects SET n_assets = ?2 WHERE project_id = ?1", args![*id, n + 1])?;
    }
    if instance {
        let n: i64 = tx.instance_value("n")?.map_or(0, |n| n.parse().unwrap());
        tx.set_instance_value("n", Some(&(n + 1).to_string()))?;
    }
    Ok(())
}

#[test]
fn nothing_is_lost_between_turns_of_all_kinds() {
    let (_home, nodes) = nodes();
    let mut wanted = ([0_i64; 3], 0_i64);
    let mut jobs = Vec::new();
    for i in 0..120_usize {
        // Every subset of the projects, with and without the instance, and all.
        let (which, instance) = (i % 8, i % 5 < 2);
        let all = i % 17 == 3;
        let some: Vec<_> = (0..3).filter(|at| all || which >> at & 1 == 1).collect();
        some.iter().for_each(|at| wanted.0[*at] += 1);
        wanted.1 += i64::from(instance || all);
        jobs.push((some.iter().map(|at| PROJECTS[*at]).collect::<Vec<_>>(), instance || all, all));
    }
    std::thread::scope(|scope| {
        for (i, (projects, instance, all)) in jobs.into_iter().enumerate() {
            let node = &nodes[i % 2];
            scope.spawn(move || {
                let turn = match (all, instance) {
                    (true, _) => Turn::all(),
                    (false, false) => Turn::projects(projects.clone()),
                    (false, true) => Turn::projects(projects.clone()).with_instance(),
                };
                node.write_blocking_in(turn, move |tx| add_one(tx, &projects, instance)).unwrap();
            });
        }
    });
    let found = nodes[0].read_blocking(|tx| {
        let counts: Vec<_> = PROJECTS.iter().map(|id| count(tx, *id)).collect::<Result<_, _>>()?;
        Ok::<_, StoreError>((counts, tx.instance_value("n")?))
    });
    assert_eq!(found.unwrap(), (wanted.0.to_vec(), Some(wanted.1.to_string())));
}

/// Holds a turn until it is told to end.
fn holding(store: &Store, turn: Turn) -> mpsc::Sender<()> {
    let (end, ended) = mpsc::channel();
    let (tell, begun) = mpsc::channel();
    let store = store.clone();
    std::thread::spawn(move || {
        store.write_blocking_in(turn, move |_| {
            tell.send(()).unwrap();
            ended.recv().map_err(|_| StoreError::Panicked)
        })
    });
    begun.recv().unwrap();
    end
}

/// A write in a turn, begun; it tells when it is done.
fn begun(store: &Store, turn: Turn) -> mpsc::Receiver<()> {
    let (tell, done) = mpsc::channel();
    let store = store.clone();
    std::thread::spawn(move || {
        store.write_blocking_in(turn, |_| Ok::<_, StoreError>(())).unwrap();
        tell.send(()).unwrap();
    });
    done
}

#[test]
fn nodes_write_to_different_projects_at_the_same_time() {
    let (home, [one, other]) = nodes();
    if home.database().is_none() {
        return;
    }
    let (long, short) = (Duration::from_secs(4), Duration::from_millis(300));
    let [a, b, _] = PROJECTS;
    // What is held, what is done meanwhile, what waits for it.
    let both = Turn::projects([a, b]);
    let cases = [
        (
            Turn::from(a),
            vec![Turn::from(b), Turn::instance(), Turn::audited(b)],
            vec![a.into(), both.clone(), Turn::audited(a), Turn::all()],
        ),
        (
            Turn::instance(),
            vec![a.into(), both.clone()],
            vec![Turn::instance(), Turn::audited(a), Turn::all()],
        ),
        (Turn::all(), vec![], vec![a.into(), Turn::instance()]),
    ];
    for (held, meanwhile, after) in cases {
        for waits in after {
            let end = holding(&one, held.clone());
            for turn in &meanwhile {
                begun(&other, turn.clone())
                    .recv_timeout(long)
                    .unwrap_or_else(|_| panic!("{turn:?} waited for {held:?}"));
            }
            let done = begun(&other, waits.clone());
            assert!(done.recv_timeout(short).is_err(), "{waits:?} did not wait for {held:?}");
            end.send(()).unwrap();
            done.recv_timeout(long).unwrap_or_else(|_| panic!("{waits:?} never came after {held:?}"));
        }
    }
}

/// Whoever is logged in may name a project; only one that exists gets a row that all nodes read.
#[test]
fn a_project_that_does_not_exist_gets_no_turn() {
    let (home, [one, other]) = nodes();
    let nowhere = ProjectId(1_234);
    let rows = || match home.database() {
        Some(url) => sheaf_testing::ask(url, "SELECT 1 FROM turns WHERE project_id = 1234").unwrap().len(),
        None => 0,
    };
    let both = Turn::projects([PROJECT, nowhere]);
    for turn in [nowhere.into(), Turn::audited(nowhere), both.clone()] {
        let found = one.write_blocking_in(turn, move |tx| tx.project(nowhere)).unwrap();
        assert!(found.is_none());
    }
    one.write_blocking_in(both, |tx| add_one(tx, &[PROJECT], false)).unwrap();
    assert_eq!(other.write_blocking_in(PROJECT, |tx| count(tx, PROJECT)).unwrap(), 1);
    assert_eq!(rows(), 0);
    if home.database().is_some() {
        // It does not come while somebody looks for it.
        let end = holding(&one, nowhere.into());
        let comes = begun(&other, Turn::audited(nowhere));
        assert!(comes.recv_timeout(Duration::from_millis(300)).is_err());
        end.send(()).unwrap();
        comes.recv_timeout(Duration::from_secs(4)).unwrap();
    }
    let new = ProjectRow { id: nowhere, name: "new".into(), ..project() };
    one.write_blocking_in(Turn::audited(nowhere), move |tx| tx.insert_project(&new)).unwrap();
    for node in [&one, &other] {
        node.write_blocking_in(nowhere, move |tx| add_one(tx, &[nowhere], false)).unwrap();
    }
    assert_eq!(one.read_blocking(|tx| count(tx, nowhere)).unwrap(), 2);
    assert_eq!(rows(), usize::from(home.database().is_some()));
}

#[tokio::test]
async fn what_needs_the_instance_is_run_again_with_it() {
    let (_home, [store, _]) = nodes();
    let runs = std::sync::Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let job = move |tx: &Tx<'_>| {
        counted.fetch_add(1, Ordering::Relaxed);
        add_one(tx, &[PROJECT], false)?;
        tx.audit(5, None, "batch.complete", "1", &serde_json::Value::Null)
    };
    store.write_repeatable(PROJECT, Vec::new(), job.clone()).await.unwrap();
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    let found = store.read_blocking(|tx| Ok::<_, StoreError>((count(tx, PROJECT)?, tx.audit_len()?)));
    assert_eq!(found.unwrap(), (1, 1), "the first run was undone");
    // What may be run only once says what it needs before.
    let refused = store.write_in(PROJECT, job).await;
    assert!(
        matches!(&refused, Err(StoreError::Database(text)) if text.contains("out of turn")),
        "{refused:?}"
    );
    let elsewhere = store.write_in(PROJECT, |tx| add_one(tx, &PROJECTS, false)).await;
    assert!(elsewhere.is_err());
    let n = store.read_blocking(|tx| count(tx, PROJECT)).unwrap();
    assert_eq!(n, 1);
}

#[test]
fn what_one_project_moved_is_written_in_the_turn_of_another() {
    let (_home, [store, _]) = nodes();
    let (a, b) = (PROJECT, PROJECTS[1]);
    let moved = |n| TaskCounts { open: n, ..TaskCounts::default() };
    let end = holding(&store, Turn::all());
    std::thread::scope(|scope| {
        let waits = |n| {
            while store.waiting() < n {
                std::thread::yield_now()
            }
        };
        let first = scope
            .spawn(|| store.write_blocking_in(a, move |tx| tx.move_progress(a, BatchId(1), moved(1), None)));
        waits(1);
        // The list is read from rows, so that what the job before it moved is written first.
        let second = scope.spawn(|| store.write_blocking_in(b, move |tx| tx.batches(b)));
        waits(2);
        let out_of_turn = scope
            .spawn(|| store.write_blocking_in(b, move |tx| tx.move_progress(a, BatchId(1), moved(1), None)));
        waits(3);
        end.send(()).unwrap();
        first.join().unwrap().unwrap();
        assert!(second.join().unwrap().unwrap().is_empty());
        out_of_turn.join().unwrap().unwrap_err();
    });
}
