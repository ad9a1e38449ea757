//! Several nodes on one PostgreSQL, as several stores in one process. On SQLite there is one process, and nothing to see here.

use std::time::{Duration, Instant};

use sheaf_store::{Store, StoreError, Turn};
use sheaf_testing::Home;

use crate::{PROJECT, append, store};

/// A second node beside the first.
pub fn beside(home: &Home) -> Option<Store> {
    home.database().map(|url| Store::open(home.path(), Some(url)).unwrap())
}

/// Waits for what another node did to be noticed; none of it takes longer than a few looks.
fn noticed(what: &str, mut there: impl FnMut() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what}: not noticed");
        std::thread::yield_now();
    }
}

#[test]
fn nodes_that_start_together_migrate_once() {
    let home = Home::new();
    let Some(url) = home.database() else { return };
    std::thread::scope(|scope| {
        let opened: Vec<_> =
            (0..4).map(|_| scope.spawn(|| Store::open(home.path(), Some(url)).unwrap())).collect();
        for store in opened {
            let store = store.join().unwrap();
            assert_eq!(store.read_blocking(|tx| tx.projects()).unwrap().len(), 0);
        }
    });
}

#[test]
fn a_database_of_a_newer_sheaf_is_not_touched() {
    let (home, store) = store();
    let Some(url) = home.database() else { return };
    sheaf_testing::run(url, "UPDATE cluster SET schema = 999");
    let opened = Store::open(home.path(), Some(url));
    assert!(matches!(opened, Err(StoreError::SchemaTooNew { found: 999, .. })), "{:?}", opened.err());
    // Also a node that runs on while a newer one migrates.
    let written = store.write_blocking(|tx| tx.set_instance_value("a", Some("b")));
    assert!(matches!(written, Err(StoreError::SchemaTooNew { found: 999, .. })), "{written:?}");
    let there = store.read_blocking(|tx| tx.instance_value("a")).unwrap();
    assert_eq!(there, None);
    // It goes on reading, so whoever is shut out by a newer node has to be shut out here, too.
    let before = store.credentials();
    sheaf_testing::run(url, "UPDATE cluster SET credentials = credentials + 1");
    noticed("credentials", || store.credentials() != before);
}

#[test]
fn what_one_node_writes_the_others_notice() {
    let (home, one) = store();
    let Some(other) = beside(&home) else { return };
    let library = other.library_changes();
    append(&one, 0, 70_000);
    noticed("assets", || library.has_changed().unwrap());
    let n = other.read_blocking(|tx| Ok::<_, StoreError>(tx.snapshot(PROJECT)?.unwrap().n_assets)).unwrap();
    assert_eq!(n, 70_000);
    // Both append: neither answers or writes from what it knew before.
    append(&other, 70_000, 5);
    append(&one, 70_005, 65_536);
    append(&other, 135_541, 1);
    let read = |store: &Store| {
        store
            .read_blocking(|tx| {
                let snapshot = tx.snapshot(PROJECT)?.unwrap();
                Ok::<_, StoreError>((snapshot.n_assets, snapshot.sealed.len(), snapshot.tail.end()))
            })
            .unwrap()
    };
    assert_eq!((read(&one), read(&other)), ((135_542, 2, 135_542), (135_542, 2, 135_542)));

    let before = other.credentials();
    one.write_blocking(|tx| tx.exec("DELETE FROM sessions", &[])).unwrap();
    noticed("credentials", || other.credentials() != before);
    let roster = |store: &Store| store.write_blocking(|tx| Ok::<_, StoreError>(tx.roster())).unwrap();
    let before = roster(&other);
    one.write_blocking(|tx| tx.exec("UPDATE projects SET archived = 0", &[])).unwrap();
    assert_ne!(roster(&other), before, "the next turn knows at once");
}

#[test]
fn a_job_is_one_node_s() {
    let (home, one) = store();
    let take = |store: &Store| store.write_blocking(|tx| tx.take_job(PROJECT, 5)).unwrap();
    let holds = |store: &Store| store.read_blocking(|tx| tx.holds_job(PROJECT, 5)).unwrap();
    assert!(take(&one) && take(&one) && holds(&one), "again is the same");
    assert!(one.read_blocking(|tx| tx.jobs_at_work(PROJECT)).unwrap().contains(&5));
    assert_eq!(one.read_blocking(|tx| tx.jobs_left()).unwrap(), []);
    if let Some(other) = beside(&home) {
        assert!(!take(&other) && !holds(&other), "somebody is at it");
        // The first one falls silent.
        one.write_blocking(|tx| tx.exec("UPDATE jobs SET until_ms = 1", &[])).unwrap();
        assert_eq!(other.read_blocking(|tx| tx.jobs_left()).unwrap(), [(PROJECT, 5)]);
        assert!(take(&other) && holds(&other) && !holds(&one));
        let silent = || other.write_blocking(|tx| tx.exec("UPDATE jobs SET until_ms = 1", &[])).unwrap();
        silent();
        let at_work = other.at_job(PROJECT, 5);
        noticed("who is at it says so", || other.read_blocking(|tx| tx.jobs_left()).unwrap().is_empty());
        drop(at_work);
        one.write_blocking(|tx| tx.end_job(PROJECT, 5)).unwrap();
        assert!(holds(&other), "nobody ends what is not theirs");
        other.write_blocking(|tx| tx.leave_job(PROJECT, 5)).unwrap();
        assert!(take(&one) && holds(&one));
    }
    one.write_blocking(|tx| tx.end_job(PROJECT, 5)).unwrap();
    assert!(!holds(&one));
}

/// What a job did not wait for and that went wrong is that job's failure, and no other's.
#[tokio::test]
async fn what_nobody_waited_for_fails_its_job_alone() {
    let (_home, store) = store();
    let put = |tx: &sheaf_store::Tx<'_>, seq: i64| {
        let sql = "INSERT INTO audit (seq, at_ms, action, object, details) VALUES (?1, 0, '', '', '')";
        tx.exec_later(sql, sheaf_store::args![seq])
    };
    store.write(move |tx| put(tx, 1)).await.unwrap();
    let mut jobs = tokio::task::JoinSet::new();
    for seq in 1..=40_i64 {
        let store = store.clone();
        // One in four is there already.
        let seq = if seq % 4 == 0 { 1 } else { seq + 100 };
        jobs.spawn(async move {
            (seq, store.write_repeatable(Turn::instance(), Vec::new(), move |tx| put(tx, seq)).await)
        });
    }
    while let Some(done) = jobs.join_next().await {
        let (seq, out) = done.unwrap();
        match out {
            Ok(()) => assert_ne!(seq, 1),
            Err(error) => assert!(seq == 1 && matches!(error, StoreError::Constraint(_)), "{seq}: {error}"),
        }
    }
    let n = store.read(|tx| tx.int("SELECT count(*) FROM audit", &[])).await.unwrap();
    assert_eq!(n, 31);
    // A job that gives up by itself is told its own reason, whatever became of what it had sent.
    let mut jobs = tokio::task::JoinSet::new();
    for seq in 201..=240_i64 {
        let store = store.clone();
        let given_up = seq % 4 == 0;
        let work = move |tx: &sheaf_store::Tx<'_>| {
            put(tx, if given_up { 1 } else { seq })?;
            if given_up { Err(StoreError::Closed) } else { Ok(()) }
        };
        jobs.spawn(
            async move { (given_up, store.write_repeatable(Turn::instance(), Vec::new(), work).await) },
        );
    }
    while let Some(done) = jobs.join_next().await {
        let (given_up, out) = done.unwrap();
        match out {
            Ok(()) => assert!(!given_up),
            Err(StoreError::Closed) => assert!(given_up),
            // Where every statement is waited for, the first of its failures is the job's.
            Err(StoreError::Constraint(_)) if given_up && !sheaf_testing::sends_ahead() => {}
            Err(error) => panic!("given up: {given_up}, {error}"),
        }
    }
    let n = store.read(|tx| tx.int("SELECT count(*) FROM audit", &[])).await.unwrap();
    assert_eq!(n, 61);
}

/// What is written down of removals is compared by the database's clock, and who stood still is told that they are another's.
#[test]
fn removals_that_another_node_ended_are_no_longer_one_s_own() {
    let (home, one) = store();
    let Some(other) = beside(&home) else { return };
    let blobs = [[7; 32]];
    let now = one
        .write_blocking(move |tx| {
            // A node whose clock stands at the beginning of all times.
            tx.choose_blobs(&blobs, tx.common_now(0)?)?;
            tx.begin_removals(&blobs, tx.common_now(0)?)?;
            tx.common_now(0)
        })
        .unwrap();
    let holds = |store: &Store| store.read_blocking(|tx| tx.holds_removals(&blobs)).unwrap();
    assert!(holds(&one) && !holds(&other));
    // One whose clock is a year ahead takes nothing before its time.
    let early = other.write_blocking(|tx| {
        let now = tx.common_now(i64::MAX)?;
        tx.take_removals(now - 900_000, now)
    });
    assert!(early.unwrap().is_empty() && holds(&one));
    assert_eq!(other.write_blocking(move |tx| tx.take_removals(now + 1, now)).unwrap(), blobs);
    assert!(!holds(&one) && holds(&other));
    one.write_blocking(move |tx| tx.end_removals(&blobs, now)).unwrap();
    assert!(holds(&other), "only who holds them ends them");
}

/// Whoever chooses a blob may have listed its file before another one removed it; a write that named it then would name nothing.
#[test]
fn what_was_removed_stays_removed_when_it_is_chosen_again() {
    let (_home, store) = store();
    let (blob, other) = ([9; 32], [8; 32]);
    let removed = || store.read_blocking(|tx| tx.removed_blobs(&[other, blob])).unwrap();
    let begun = store.write_blocking(move |tx| {
        tx.choose_blobs(&[other, blob], 1)?;
        tx.spare_blobs(&[other])?;
        let begun = tx.begin_removals(&[other, blob], 2)?;
        tx.end_removals(&begun, 3)?;
        Ok::<_, StoreError>(begun)
    });
    assert_eq!(begun.unwrap(), [blob]);
    let again = store.write_blocking(move |tx| {
        tx.choose_blobs(&[blob], 4)?;
        tx.begin_removals(&[blob], 5)
    });
    assert!(again.unwrap().is_empty());
    assert_eq!(removed(), [(blob, 3)]);
    let named = store.write_blocking(move |tx| tx.keep_blobs(&[other, blob], &[]));
    assert!(matches!(named, Err(StoreError::BlobRemoved)), "{named:?}");
    // Of two files with these bytes; it was looked for, and is there.
    store.write_blocking(move |tx| tx.keep_blobs(&[blob, other, blob], &[(blob, 3)])).unwrap();
    assert!(removed().is_empty());
}

#[test]
fn tables_that_grow_are_counted_by_the_server() {
    let (home, store) = store();
    if home.database().is_none() {
        return;
    }
    let counted = |wanted: i64| {
        noticed("the size of a table", || {
            // A session that is busy tells the server once a second what it wrote; one that is idle takes its time.
            store.write_blocking(|tx| tx.set_instance_value("a", Some("b"))).unwrap();
            let sql = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = 'assets'::regclass";
            store.read_blocking(|tx| tx.int(sql, &[])).unwrap() == wanted
        });
    };
    append(&store, 0, 1_000);
    counted(1_000);
    append(&store, 1_000, 500);
    append(&store, 1_500, 1_000);
    counted(2_500);
    let sql = "SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'assets'";
    assert_eq!(store.read_blocking(|tx| tx.int(sql, &[])).unwrap(), 2, "once for each time that it doubled");
}
