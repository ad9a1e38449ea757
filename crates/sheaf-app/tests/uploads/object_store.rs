//! Files on their way into an object store that goes away in the middle. Without a server there is nothing to test here.

use std::sync::Arc;
use std::time::Duration;

use sheaf_app::uploads::{self, FileOutcomeState as State, JobState};
use sheaf_app::{Error, check};
use sheaf_model::Media;
use sheaf_store::BlobsAt;
use sheaf_testing::{Home, Link, Mode, s3};

use crate::bench::{Bench, PROJECT, png, zip};

async fn through_a_link() -> Option<(Bench, Link)> {
    let server = s3()?;
    let link = Link::to(server.trim_start_matches("http://").parse().unwrap());
    let dir = Arc::new(Home::new());
    let (address, options) = dir.blobs_at(&format!("http://127.0.0.1:{}", link.port));
    let at = BlobsAt { address, options, retry_within: Duration::from_millis(1_500) };
    Some((Bench::new_in(dir, Media::Image, Some(at)).await, link))
}

#[tokio::test]
async fn what_was_acknowledged_stays_and_the_rest_is_told_to_come_again() {
    let Some((bench, link)) = through_a_link().await else { return };
    let id = bench.upload("with a gap").await;
    let mut there = 0;
    for n in 0..5_u8 {
        assert_eq!(bench.send(id, &format!("before {n}.png"), &png(n)).await.state, State::Done);
        there += 1;
    }
    for (mode, from) in [(Mode::Cut, 10), (Mode::Deaf, 30)] {
        link.set(mode);
        let meanwhile: Vec<_> = (from..from + 8).map(|n| (format!("{mode:?} {n}.png"), png(n))).collect();
        let sent = meanwhile.iter().map(|(path, bytes)| bench.try_send(id, path, bytes));
        for outcome in futures_util::future::join_all(sent).await {
            assert!(matches!(outcome, Err(Error::Unavailable)), "{mode:?}: {outcome:?}");
        }
        assert_eq!(bench.assets().len(), there, "no row without its files");
        // In parts: another node may be sent the next one, so a part is not there before the store has it.
        let bytes = png(from + 9);
        let half = bytes.len() / 2;
        let size = bytes.len() as u64;
        let first = bench.part(id, "parts.png", size, 0, &bytes[..half], None).await;
        assert!(matches!(first, Err(Error::Unavailable)), "{first:?}");

        link.hang_up();
        link.set(Mode::Open);
        for (path, bytes) in &meanwhile {
            assert_eq!(bench.send(id, path, bytes).await.state, State::Done, "{path}");
        }
        let first = bench.part(id, "parts.png", size, 0, &bytes[..half], None).await.unwrap();
        assert_eq!((first.state, first.received), (State::Partial, half as u64));
        let rest = bench.part(id, "parts.png", size, half as u64, &bytes[half..], None).await.unwrap();
        assert_eq!(rest.state, State::Done);
        there += meanwhile.len() + 1;
        assert_eq!(bench.assets().len(), there);
    }
    let report = check::run(&bench.app, true).unwrap();
    assert!(report.is_clean(), "{:#?}", report.findings);
    assert_eq!(std::fs::read_dir(bench.dir.path().join("blobs/tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_pause_of_the_store_only_takes_time() {
    let Some((bench, link)) = through_a_link().await else { return };
    let id = bench.upload("paused").await;
    let entries: Vec<_> = (0..60_u8).map(|n| (format!("{n}.png"), png(n))).collect();
    let entries: Vec<_> = entries.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let archive = zip(&entries);
    link.set(Mode::Stalled);
    let (outcome, ()) = tokio::join!(bench.send(id, "all.zip", &archive), async {
        // Once something waits for the store.
        while !link.is_waiting() {
            tokio::task::yield_now().await;
        }
        link.set(Mode::Open);
    });
    assert_eq!(outcome.state, State::Done, "{outcome:?}");
    assert_eq!(bench.counts(id).await, [60, 60, 0, 0, 0]);
    assert!(check::run(&bench.app, true).unwrap().is_clean());
}

/// Where a process is alone, nobody else goes on with a manifest that it could not fetch: so nothing is at it any more.
#[tokio::test]
async fn a_manifest_that_cannot_be_fetched_is_sent_or_committed_again() {
    let Some((bench, link)) = through_a_link().await else { return };
    if bench.dir.database().is_some() {
        return;
    }
    let id = bench.upload("by a manifest").await;
    let csv = "file,n\na.png,1\n";
    bench.manifest(id, "m.csv", csv).await;
    bench.stage(id, "m.csv", csv).await.unwrap();
    // As a process finds it that was killed while it read it.
    let sql = r#"UPDATE uploads SET manifest = replace(manifest, '"state":"done"', '"state":"running"')"#;
    assert_eq!(bench.app.store().write_blocking(move |tx| tx.exec(sql, &[])).unwrap(), 1);
    link.set(Mode::Cut);
    uploads::resume_interrupted(&bench.app).unwrap();
    let mut look = tokio::time::interval(Duration::from_millis(5));
    let job = loop {
        look.tick().await;
        let job = bench.get(id).await.job.unwrap();
        if job.state != JobState::Running {
            break job;
        }
    };
    let message = job.message.unwrap();
    assert!(job.state == JobState::Failed && message.contains("commit the manifest again"), "{message}");
    link.hang_up();
    link.set(Mode::Open);
    bench.manifest(id, "m.csv", csv).await;
    uploads::finish(&bench.app, &bench.actor, PROJECT, id, None).await.unwrap();
}
