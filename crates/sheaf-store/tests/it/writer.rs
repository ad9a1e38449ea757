//! Group commit: a job that fails or panics takes nothing of the others with it, and every caller is told.

use sheaf_store::{Store, StoreError};

use crate::{PROJECT, asset, store};

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

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let (dir, store) = store();
    for i in 0..20 {
        store.write(move |tx| tx.append_assets(PROJECT, crate::UPLOAD, 1, &[asset(i)])).await.unwrap();
    }
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.read_blocking(|tx| tx.facts(PROJECT, 0, 99)).unwrap().len(), 20);
}
