//! An upload's life: created by name, finished, opened again, cancelled; who may do what.

use sheaf_app::uploads::{self, BatchPlan, FileFilter, NewUpload};
use sheaf_app::{Actor, Error};
use sheaf_model::{BatchKind, Media, UploadState, UserId};

use crate::bench::{Bench, PROJECT, code, png};

fn new(name: &str) -> NewUpload {
    NewUpload { name: name.into(), source: "cli".into(), batch: None }
}

#[tokio::test]
async fn the_same_name_goes_on_with_the_same_upload() {
    let bench = Bench::new(Media::Image).await;
    let (first, is_new) = uploads::create(&bench.app, &bench.actor, PROJECT, new("day 1")).await.unwrap();
    assert!(is_new);
    bench.send(first.id, "a.png", &png(1)).await;
    let finished = uploads::finish(&bench.app, &bench.actor, PROJECT, first.id, None).await.unwrap();
    assert_eq!((finished.state, finished.finished), (UploadState::Finished, Some(1_000)));
    assert_eq!(code(bench.try_send(first.id, "b.png", &png(2)).await), "upload_finished");
    uploads::finish(&bench.app, &bench.actor, PROJECT, first.id, None).await.unwrap();

    let (again, is_new) = uploads::create(&bench.app, &bench.actor, PROJECT, new(" day 1 ")).await.unwrap();
    assert_eq!((again.id, is_new, again.state, again.finished), (first.id, false, UploadState::Open, None));
    bench.send(first.id, "a.png", &png(1)).await;
    assert_eq!(bench.assets().len(), 1);
    let list = uploads::list(&bench.app, &bench.actor, PROJECT, None, 10).await.unwrap();
    assert_eq!((list.items.len(), list.total, list.next), (1, 1, None));
}

#[tokio::test]
async fn a_cancelled_upload_accepts_nothing_and_keeps_what_it_has() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("cancelled").await;
    bench.send(id, "a.png", &png(1)).await;
    bench.part(id, "b.png", 1000, 0, b"half of it", None).await.unwrap();
    let partial = async || {
        let filter = FileFilter::Partial;
        uploads::files(&bench.app, &bench.actor, PROJECT, id, filter, String::new(), 10).await.unwrap().total
    };
    assert_eq!(partial().await, 1);
    let cancelled = uploads::cancel(&bench.app, &bench.actor, PROJECT, id).await.unwrap();
    assert_eq!(cancelled.state, UploadState::Cancelled);
    assert_eq!(partial().await, 0);
    assert!(!bench.dir.path().join("incoming").join(id.to_string()).exists());
    assert_eq!(bench.assets().len(), 1);
    assert_eq!(code(bench.try_send(id, "c.png", &png(3)).await), "upload_cancelled");
    assert_eq!(code(uploads::finish(&bench.app, &bench.actor, PROJECT, id, None).await), "upload_cancelled");
    uploads::cancel(&bench.app, &bench.actor, PROJECT, id).await.unwrap();
}

#[tokio::test]
async fn what_is_received_when_the_upload_is_cancelled_is_not_added() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("late").await;
    let bytes = png(1);
    let size = bytes.len() as u64;
    let part = uploads::FilePart { path: "a.png".into(), size, offset: 0, length: Some(size) };
    let mut receiving = uploads::receive(&bench.app, &bench.actor, PROJECT, id, part).await.unwrap();
    receiving.write(&bytes).await.unwrap();
    uploads::cancel(&bench.app, &bench.actor, PROJECT, id).await.unwrap();
    assert_eq!(code(receiving.finish().await), "upload_cancelled");
    assert_eq!(bench.assets().len(), 0);
    assert_eq!(bench.counts(id).await, [0; 5]);
}

#[tokio::test]
async fn wrong_names_are_told_with_their_place() {
    let bench = Bench::new(Media::Image).await;
    let plan =
        BatchPlan { name: " ".into(), kind: BatchKind::Production, priority: 0, ..BatchPlan::default() };
    for (upload, path) in [
        (new("  "), "name"),
        (new(&"x".repeat(300)), "name"),
        (NewUpload { source: "fax".into(), ..new("a") }, "source"),
        (NewUpload { batch: Some(plan), ..new("a") }, "batch.name"),
    ] {
        match uploads::create(&bench.app, &bench.actor, PROJECT, upload).await {
            Err(Error::Invalid { problems, .. }) => assert_eq!(problems[0].path, path),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn strangers_cannot_tell_that_there_is_an_upload() {
    let bench = Bench::new(Media::Image).await;
    let id = bench.upload("secret").await;
    let stranger = Actor { user: UserId(99), is_admin: false };
    let found = uploads::get(&bench.app, &stranger, PROJECT, id).await;
    assert!(matches!(found, Err(Error::NotFound { what: "project" })), "{found:?}");
    let made = uploads::create(&bench.app, &stranger, PROJECT, new("x")).await;
    assert!(matches!(made, Err(Error::NotFound { .. })), "{made:?}");
}

#[tokio::test]
async fn an_upload_becomes_its_batch_when_it_is_finished() {
    let bench = Bench::new(Media::Image).await;
    let other = bench.upload("other").await;
    bench.send(other, "x.png", &png(9)).await;
    let plan = BatchPlan {
        name: "Monday".into(),
        kind: BatchKind::Calibration,
        priority: 3,
        ..BatchPlan::default()
    };
    let planned = |plan: &BatchPlan| NewUpload { batch: Some(plan.clone()), ..new("day \"1\"") };
    let (upload, _) = uploads::create(&bench.app, &bench.actor, PROJECT, planned(&plan)).await.unwrap();
    let empty = uploads::finish(&bench.app, &bench.actor, PROJECT, upload.id, None).await;
    assert_eq!(code(empty), "empty_batch");
    assert_eq!(bench.get(upload.id).await.state, UploadState::Open, "nothing of it was done");
    bench.send(upload.id, "a.png", &png(1)).await;
    bench.send(upload.id, "b.png", &png(2)).await;
    let done = uploads::finish(&bench.app, &bench.actor, PROJECT, upload.id, None).await.unwrap();
    let again = uploads::finish(&bench.app, &bench.actor, PROJECT, upload.id, Some(true)).await.unwrap();
    assert_eq!(done.batch, again.batch);
    let batch =
        sheaf_app::batches::view::get(&bench.app, &bench.actor, PROJECT, done.batch.unwrap()).await.unwrap();
    assert_eq!((batch.row.name.as_str(), batch.row.n_members, batch.row.priority), ("Monday", 2, 3));
    let taken = NewUpload { batch: Some(plan), ..new("day 2") };
    assert_eq!(code(uploads::create(&bench.app, &bench.actor, PROJECT, taken).await), "name_taken");
}
