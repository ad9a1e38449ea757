//! Manifests: texts, addresses, files with metadata, references; again, cancelled, interrupted.

use std::fmt::Write;

use serde_json::{Value, json};
use sheaf_app::uploads::{self, ColumnPlan, JobState, NewUpload};
use sheaf_intake::manifest::Role;
use sheaf_model::{Media, UploadState};

use crate::bench::{Bench, PROJECT, code, png};

fn metadata(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn rows_of_texts_become_assets_once() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("texts").await;
    let csv = "text,weather,hour\nhello there,rain,6\nsecond text,sun,7\n,fog,8\nhello there,rain,6\n";
    let preview = bench.stage(id, "t.csv", csv).await.unwrap();
    assert_eq!(preview.rows, 4);
    assert_eq!(bench.assets().len(), 0, "nothing is added before it is committed");
    uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, Vec::new()).await.unwrap();
    bench.job_ends(id).await;
    assert_eq!(bench.counts(id).await, [4, 2, 0, 1, 1]);
    assert_eq!(bench.report(id).await, [("3".to_owned(), "missing_content".to_owned())]);
    let assets = bench.assets();
    assert_eq!(metadata(&assets[0].metadata), json!({"weather": "rain", "hour": 6}));
    assert_eq!(
        bench.app.store().read_blocking(|tx| tx.text(PROJECT, 1)).unwrap().as_deref(),
        Some("second text")
    );
    let job = bench.get(id).await.job.unwrap();
    assert_eq!((job.state, job.done, job.total), (JobState::Done, 4, Some(4)));

    // The same manifest again.
    bench.manifest(id, "t.csv", csv).await;
    assert_eq!(bench.assets().len(), 2);
    assert_eq!(bench.counts(id).await, [8, 2, 0, 4, 2]);
}

#[tokio::test]
async fn addresses_become_images() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("urls").await;
    let lines = "{\"url\":\"https://x.org/a.jpg?s=1\",\"metadata\":{\"k\":[1,2]}}\n{\"url\":\"https://x.org/pic\"}\n\
                 {\"url\":\"javascript:alert(1)\"}\n";
    bench.manifest(id, "u.jsonl", lines).await;
    let assets = bench.assets();
    assert_eq!(assets[0].media_type, "image/jpeg");
    assert_eq!(assets[0].url.as_deref(), Some("https://x.org/a.jpg?s=1"));
    assert_eq!(metadata(&assets[0].metadata), json!({"k": [1, 2]}));
    assert_eq!(assets[1].media_type, "image/*");
    assert_eq!(bench.report(id).await, [("3".to_owned(), "bad_url".to_owned())]);
}

#[tokio::test]
async fn a_reference_updates_and_never_duplicates() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("first").await;
    // A column of keys that repeat is not taken for a reference unless somebody says so.
    bench.stage(id, "a.csv", "id,text,k\nr1,one,1\nr2,two,2\nr1,three,3\n").await.unwrap();
    let columns = vec![ColumnPlan { name: "id".into(), role: Role::Ref, kind: None }];
    uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, columns).await.unwrap();
    bench.job_ends(id).await;
    assert_eq!(bench.counts(id).await, [3, 2, 0, 0, 1]);
    assert_eq!(bench.report(id).await, [("3".to_owned(), "duplicate_reference".to_owned())]);

    let other = bench.upload("second").await;
    bench.manifest(other, "b.csv", "id,text,k\nr1,one,1\nr2,zwei,2\nr3,new,3\n").await;
    assert_eq!(bench.counts(other).await, [3, 1, 1, 1, 0]);
    let assets = bench.assets();
    assert_eq!(assets.len(), 3);
    assert_eq!(bench.app.store().read_blocking(|tx| tx.text(PROJECT, 1)).unwrap().as_deref(), Some("zwei"));
    assert_eq!(assets[1].upload, id, "it stays in the upload that brought it");

    // Rows without content give metadata to what is known, and keep the rest of it.
    let third = bench.upload("third").await;
    bench
        .manifest(third, "c.jsonl", "{\"id\":\"r1\",\"mood\":\"good\"}\n{\"id\":\"r9\",\"mood\":\"bad\"}\n")
        .await;
    assert_eq!(bench.counts(third).await, [2, 0, 1, 0, 1]);
    assert_eq!(metadata(&bench.assets()[0].metadata), json!({"k": 1, "mood": "good"}));
}

#[tokio::test]
async fn a_manifest_describes_files_that_come_later_or_came_before() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("files").await;
    bench.send(id, "b.png", &png(2)).await;
    let csv = "file,id,weather\na.png,r1,rain\nb.png,r2,sun\nnever.png,r3,fog\nbroken.png,r4,fog\n";
    bench.manifest(id, "m.csv", csv).await;
    assert_eq!(bench.counts(id).await, [2, 1, 1, 0, 0], "the file that was there is updated");
    bench.send(id, "a.png", &png(1)).await;
    bench.send(id, "broken.png", b"\x89PNG\r\n\x1a\n").await;
    bench.send(id, "plain.png", &png(5)).await;
    let assets = bench.assets();
    let found: Vec<_> =
        assets.iter().map(|a| (a.name.as_str(), a.reference.as_deref(), metadata(&a.metadata))).collect();
    assert_eq!(
        found,
        [
            ("b.png", Some("r2"), json!({"weather": "sun"})),
            ("a.png", Some("r1"), json!({"weather": "rain"})),
            ("plain.png", None, json!({})),
        ]
    );
    uploads::finish(&bench.app, &bench.actor, PROJECT, id, None).await.unwrap();
    uploads::finish(&bench.app, &bench.actor, PROJECT, id, None).await.unwrap();
    let report = bench.report(id).await;
    assert_eq!(
        report,
        [
            ("broken.png".to_owned(), "broken_image".to_owned()),
            ("never.png".to_owned(), "missing_content".to_owned()),
        ]
    );
    assert_eq!(bench.counts(id).await, [6, 3, 1, 0, 2]);

    // It comes at last, in the upload of the same name.
    assert_eq!(bench.upload("files").await, id);
    bench.send(id, "never.png", &png(8)).await;
    assert_eq!(bench.counts(id).await, [6, 4, 1, 0, 1]);
    assert_eq!(bench.assets()[3].reference.as_deref(), Some("r3"));
    // A file with the same reference in another upload updates the asset.
    let other = bench.upload("again").await;
    bench.manifest(other, "m.csv", "file,id,weather\nx.png,r1,snow\n").await;
    let asset = bench.send(other, "x.png", &png(1)).await.asset.unwrap();
    assert_eq!(asset.ordinal, 1);
    assert_eq!(metadata(&bench.assets()[1].metadata), json!({"weather": "snow"}));
    assert_eq!(bench.counts(other).await, [1, 0, 1, 0, 0]);
}

#[tokio::test]
async fn the_kind_of_the_project_counts_for_rows_too() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("texts").await;
    bench.manifest(id, "t.csv", "text,k\nhello,1\n").await;
    assert_eq!(bench.report(id).await, [("1".to_owned(), "unsupported_type".to_owned())]);
}

#[tokio::test]
async fn what_is_no_manifest_is_not_staged() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("bad").await;
    assert_eq!(code(bench.stage(id, "a.csv", "").await), "bad_manifest");
    assert_eq!(code(bench.stage(id, "a.jsonl", "[{\"a\":1}]").await), "bad_manifest");
    let commit = uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, Vec::new()).await;
    assert_eq!(code(commit), "no_manifest");
    bench.stage(id, "a.csv", "text\nhello\n").await.unwrap();
    uploads::drop_manifest(&bench.app, &bench.actor, PROJECT, id).await.unwrap();
    let commit = uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, Vec::new()).await;
    assert_eq!(code(commit), "no_manifest");
}

fn large_csv(rows: u32) -> String {
    let mut csv = String::from("text,n,kind\n");
    for n in 0..rows {
        writeln!(csv, "text number {n},{n},k{}", n % 7).unwrap();
    }
    csv
}

#[tokio::test]
async fn a_killed_job_goes_on_and_counts_nothing_twice() {
    let mut bench = Bench::new(Media::Text).await;
    let id = bench.upload("large").await;
    let rows = 60_000;
    bench.stage(id, "l.csv", &large_csv(rows)).await.unwrap();
    uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, Vec::new()).await.unwrap();
    while bench.get(id).await.counts.added == 0 {
        tokio::task::yield_now().await;
    }
    bench.app.uploads().stop_jobs();
    let dir = bench.dir.clone();
    drop(bench);
    // The thread of the job ends at its next group, and with it the process' hold on the data.
    let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
    while dir.is_open() {
        look.tick().await;
    }
    bench = Bench::open(dir);
    let done = bench.get(id).await.job.unwrap().done;
    assert!(done > 0 && done < u64::from(rows), "it was interrupted in the middle, at {done}");
    assert_eq!(bench.get(id).await.counts.added as u64, done, "counts and rows are written together");
    assert_eq!(code(uploads::finish(&bench.app, &bench.actor, PROJECT, id, None).await), "job_interrupted");

    uploads::resume_interrupted(&bench.app).unwrap();
    bench.job_ends(id).await;
    assert_eq!(bench.counts(id).await, [i64::from(rows), i64::from(rows), 0, 0, 0]);
    let names = bench.assets();
    assert_eq!(names.len(), rows as usize);
    for (n, asset) in names.iter().enumerate().step_by(997) {
        assert_eq!(metadata(&asset.metadata)["n"], json!(n), "in the order of the manifest");
    }
}

#[tokio::test]
async fn a_cancelled_job_stops_and_the_upload_may_be_opened_again() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("large").await;
    let csv = large_csv(80_000);
    bench.stage(id, "l.csv", &csv).await.unwrap();
    uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, Vec::new()).await.unwrap();
    assert_eq!(code(uploads::finish(&bench.app, &bench.actor, PROJECT, id, None).await), "job_running");
    assert_eq!(code(bench.stage(id, "l.csv", &csv).await), "job_running");
    let cancelled = uploads::cancel(&bench.app, &bench.actor, PROJECT, id).await.unwrap();
    assert_eq!(cancelled.state, UploadState::Cancelled);
    assert_eq!(bench.get(id).await.job.unwrap().state, JobState::Cancelled);
    let kept = bench.assets().len();
    assert!(kept < 80_000);
    let new = NewUpload { name: "large".into(), source: "api".into(), batch: None };
    uploads::create(&bench.app, &bench.actor, PROJECT, new).await.unwrap();
    // The thread may be about to notice; until then it holds the manifest.
    while bench.stage(id, "l.csv", &csv).await.is_err() {
        tokio::task::yield_now().await;
    }
    uploads::commit_manifest(&bench.app, &bench.actor, PROJECT, id, Vec::new()).await.unwrap();
    bench.job_ends(id).await;
    assert_eq!(bench.assets().len(), 80_000);
}

#[tokio::test]
async fn the_report_is_bounded_and_the_counts_are_not() {
    let bench = Bench::new(Media::Text).await;
    let id = bench.upload("bad rows").await;
    let csv = format!("text,k\n{}", ",1\n".repeat(12_000));
    bench.manifest(id, "b.csv", &csv).await;
    assert_eq!(bench.counts(id).await, [12_000, 0, 0, 0, 12_000]);
    let page = uploads::report(&bench.app, &bench.actor, PROJECT, id, 0, 20_000).await.unwrap();
    assert_eq!((page.items.len(), page.total, page.next), (10_000, 12_000, None));
}
