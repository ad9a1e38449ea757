//! Removing files that nothing names, while others put and name them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sheaf_app::gc::{self, Mode};
use sheaf_app::uploads::FileOutcomeState as State;
use sheaf_app::{Error, check};
use sheaf_model::Media;

use crate::bench::{Bench, png};

fn sweep(bench: &Bench) -> gc::Report {
    gc::run(&bench.app, Duration::ZERO, Mode::RemoveAll).unwrap()
}

fn is_sound(bench: &Bench) {
    let report = check::run(&bench.app, true).unwrap();
    assert!(report.is_clean(), "{:#?}", report.findings);
}

#[tokio::test]
async fn what_nothing_names_goes_and_nothing_else() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("some").await;
    for n in 0..3 {
        bench.send(id, &format!("{n}.png"), &png(n)).await;
    }
    let orphan = bench.app.store().blobs().put(b"of an upload that was given up".to_vec()).unwrap();
    bench.app.store().blobs().flush(&[orphan]).unwrap();
    let young = gc::run(&bench.app, Duration::from_hours(1), Mode::Remove).unwrap();
    assert_eq!((young.blobs, young.young, young.unused, young.removed), (7, 7, 0, 0));
    let look = gc::run(&bench.app, Duration::ZERO, Mode::Look).unwrap();
    assert_eq!((look.blobs, look.unused, look.unused_bytes, look.removed), (7, 1, 30, 0));
    assert!(bench.app.store().blobs().read(&orphan).unwrap().is_some());
    let swept = sweep(&bench);
    assert_eq!((swept.blobs, swept.unused, swept.removed, swept.spared), (7, 1, 1, 0));
    assert_eq!(bench.app.store().blobs().read(&orphan).unwrap(), None);
    is_sound(&bench);
    assert_eq!(sweep(&bench).unused, 0);
    let bench = bench.reopen();
    is_sound(&bench);
}

/// A database that does not know the files is likely another one.
#[tokio::test]
async fn the_files_of_another_database_are_left_alone() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("some").await;
    bench.send(id, "a.png", &png(1)).await;
    let strange: Vec<_> = (0..4).map(|n| bench.app.store().blobs().put(vec![n; 40]).unwrap()).collect();
    bench.app.store().blobs().flush(&strange).unwrap();
    let refused = gc::run(&bench.app, Duration::ZERO, Mode::Remove).unwrap_err();
    assert!(matches!(refused, Error::Conflict { code: "most_files_unused", .. }), "{refused}");
    assert!(bench.app.store().blobs().read(&strange[0]).unwrap().is_some());
    assert_eq!(sweep(&bench).removed, 4);
    is_sound(&bench);
}

#[tokio::test]
async fn a_file_that_was_removed_a_moment_ago_can_be_sent_again() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("again").await;
    let hash = bench.app.store().blobs().put(png(1)).unwrap();
    bench.app.store().blobs().flush(&[hash]).unwrap();
    assert_eq!(sweep(&bench).removed, 1);
    // It is known to have been removed, and it is looked for.
    assert_eq!(bench.send(id, "a.png", &png(1)).await.state, State::Done);
    assert_eq!(bench.send(id, "b.png", &png(1)).await.state, State::Done);
    is_sound(&bench);
    assert_eq!(sweep(&bench).unused, 0);
    is_sound(&bench);
}

#[tokio::test]
async fn what_a_process_left_half_removed_is_refused_until_another_one_ends_it() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("left").await;
    let hash = bench.app.store().blobs().put(png(1)).unwrap();
    bench.app.store().blobs().flush(&[hash]).unwrap();
    let store = bench.app.store();
    store.write_blocking(move |tx| tx.choose_blobs(&[hash], tx.common_now(1)?)).unwrap();
    let begun = store.write_blocking(move |tx| tx.begin_removals(&[hash], tx.common_now(1)?)).unwrap();
    assert_eq!(begun, [hash]);
    // Its file may go at any moment.
    assert!(matches!(bench.try_send(id, "a.png", &png(1)).await, Err(Error::FileRemoved)));
    assert_eq!(bench.send(id, "other.png", &png(2)).await.state, State::Done);
    // Not yet, for the process may only be slow.
    sweep(&bench);
    assert!(matches!(bench.try_send(id, "a.png", &png(1)).await, Err(Error::FileRemoved)));
    // A machine's own clock counts only where there is no other one.
    bench.clock.set(20 * 60 * 1000);
    if let Some(url) = bench.dir.database() {
        sweep(&bench);
        assert!(matches!(bench.try_send(id, "a.png", &png(1)).await, Err(Error::FileRemoved)));
        sheaf_testing::run(url, "UPDATE blob_removals SET since_ms = since_ms - 20 * 60 * 1000");
    }
    sweep(&bench);
    assert_eq!(bench.send(id, "a.png", &png(1)).await.state, State::Done);
    is_sound(&bench);
}

#[tokio::test]
async fn who_may_not_go_on_removes_nothing() {
    let bench = Bench::new(Media::Image).await;
    let blobs = bench.app.store().blobs();
    let hash = blobs.put(b"of nobody".to_vec()).unwrap();
    blobs.flush(&[hash]).unwrap();
    assert!(blobs.remove(&[hash], &|| false).is_err());
    assert!(blobs.is_there(&hash).unwrap());
    blobs.remove(&[hash], &|| true).unwrap();
    assert!(!blobs.is_there(&hash).unwrap());
}

/// Rounds of sending and sweeping; each is a few hundred chances to lose something.
const ROUNDS: u64 = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_that_is_named_is_ever_removed() {
    let bench = std::sync::Arc::new(Bench::new(Media::Image).await);
    let id = bench.upload("races").await;
    let over = AtomicBool::new(false);
    let (refused, removed) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        // Uploads that are given up: their files are there, and no row comes.
        scope.spawn(|| {
            let mut n = 0_u8;
            while !over.load(Ordering::Relaxed) {
                let hash = bench.app.store().blobs().put(png(n % 12)).unwrap();
                bench.app.store().blobs().flush(&[hash]).unwrap();
                n = n.wrapping_add(5);
            }
        });
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                removed.fetch_add(sweep(&bench).removed, Ordering::Relaxed);
            }
        });
        let runtime = tokio::runtime::Handle::current();
        for sender in 0..2_u64 {
            let (bench, refused, runtime) = (&bench, &refused, runtime.clone());
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    // A new content becomes used, which was rubbish before and is being swept.
                    let content = png(((round * 7 + sender) % 12) as u8);
                    let path = format!("{sender}/{round}.png");
                    while let Err(error) = runtime.block_on(bench.try_send(id, &path, &content)) {
                        assert!(matches!(error, Error::FileRemoved), "{error:?}");
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        // The senders end; then the others.
        scope.spawn(|| {
            let n = || bench.assets().len() as u64;
            while n() < 2 * ROUNDS {
                std::thread::yield_now();
            }
            over.store(true, Ordering::Relaxed);
        });
    });
    eprintln!("{refused:?} refused, {removed:?} removed");
    assert_eq!(bench.assets().len() as u64, 2 * ROUNDS);
    is_sound(&bench);
    sweep(&bench);
    assert_eq!(sweep(&bench).unused, 0);
    is_sound(&bench);
}
