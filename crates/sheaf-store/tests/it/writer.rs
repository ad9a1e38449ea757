//! Group commit: a job that fails or panics takes nothing of the others with it, and every caller is told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sheaf_store::{Store, StoreError, Tx};

use crate::{HeldBack, PROJECT, asset, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn failing_and_panicking_jobs_leave_the_others_alone() {
    let (_dir, store) = store();
    let mut jobs = tokio::task::JoinSet::new();
    for i in 0..300u32 {
        let store = store.clone();
        jobs.spawn(async move {
            let out = store
                .write(move |tx| {
                    tx.append_assets(PROJECT, crate::UPLOAD, 1, &[asset(i * 1000 + 1)])?;
                    assert!(i % 10 != 7, "on purpose");
                    if i % 10 == 3 { Err(StoreError::Constraint("on purpose".into())) } else { Ok(i) }
                })
                .await;
            (i, out)
        });
    }
    while let Some(joined) = jobs.join_next().await {
        let (i, out) = joined.unwrap();
        match i % 10 {
            3 => assert!(matches!(out, Err(StoreError::Constraint(_)))),
            7 => assert!(matches!(out, Err(StoreError::Panicked))),
            _ => assert_eq!(out.unwrap(), i),
        }
    }
    let names: Vec<String> = store
        .read_blocking(|tx| tx.facts(PROJECT, 0, u32::MAX))
        .unwrap()
        .into_iter()
        .map(|row| row.name.into_owned())
        .collect();
    assert_eq!(names.len(), 240);
    assert_eq!(store.read_blocking(|tx| tx.snapshot(PROJECT)).unwrap().unwrap().n_assets, 240);
}

/// Jobs that share a savepoint: when some of them fail after they wrote, the others are run again, and every row of
/// theirs is there once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn repeatable_jobs_survive_the_failures_of_those_beside_them() {
    let (_dir, store) = store();
    let runs = Arc::new(AtomicU32::new(0));
    let held_back = HeldBack::new(&store);
    let mut jobs = tokio::task::JoinSet::new();
    for i in 0..60u32 {
        let (store, runs) = (store.clone(), runs.clone());
        jobs.spawn(async move {
            let append = move |tx: &Tx<'_>| {
                runs.fetch_add(1, Ordering::Relaxed);
                // One that fails without having written disturbs nobody.
                if i % 20 == 9 {
                    return Err(StoreError::Constraint("on purpose".into()));
                }
                tx.append_assets(PROJECT, crate::UPLOAD, 1, &[asset(i * 1000 + 1)])?;
                assert!(i % 20 != 7, "on purpose");
                if i % 20 == 3 { Err(StoreError::Constraint("on purpose".into())) } else { Ok(i) }
            };
            let out = if i % 6 == 5 {
                store.write(append).await
            } else {
                store.write_repeatable(PROJECT, Vec::new(), append).await
            };
            (i, out)
        });
    }
    while store.waiting() < 60 {
        tokio::task::yield_now().await;
    }
    held_back.let_go().await;
    while let Some(joined) = jobs.join_next().await {
        let (i, out) = joined.unwrap();
        match i % 20 {
            3 | 9 => assert!(matches!(out, Err(StoreError::Constraint(_))), "{i}: {out:?}"),
            7 => assert!(matches!(out, Err(StoreError::Panicked)), "{i}: {out:?}"),
            _ => assert_eq!(out.unwrap(), i),
        }
    }
    let rows = store.read_blocking(|tx| tx.facts(PROJECT, 0, u32::MAX)).unwrap();
    let names: BTreeSet<String> = rows.iter().map(|row| row.name.to_string()).collect();
    assert_eq!((rows.len(), names.len()), (51, 51));
    assert!(runs.load(Ordering::Relaxed) > 60, "none of them was run again");
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let (dir, store) = store();
    for i in 0..20 {
        store.write(move |tx| tx.append_assets(PROJECT, crate::UPLOAD, 1, &[asset(i)])).await.unwrap();
    }
    drop(store);
    let store = Store::open(dir.path(), dir.database()).unwrap();
    assert_eq!(store.read_blocking(|tx| tx.facts(PROJECT, 0, 99)).unwrap().len(), 20);
}
