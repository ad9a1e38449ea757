//! Two nodes on one PostgreSQL, as two apps in one process. On SQLite there is one process, and nothing to see here.

use std::fmt::Write;

use sheaf_app::Error;
use sheaf_app::uploads::{self, FileFilter, FileOutcomeState as State};
use sheaf_model::Media;

use crate::bench::{Bench, PROJECT, code};

const ROWS: u32 = 60_000;

/// A node that was cut off for a while may still be at a manifest that another one has taken meanwhile.
#[tokio::test]
async fn a_node_whose_manifest_was_taken_writes_nothing_more() {
    let one = Bench::new(Media::Text).await;
    if one.dir.database().is_none() {
        return;
    }
    let other = Bench::open(one.dir.clone());
    let id = one.upload("large").await;
    let mut csv = String::from("text,n\n");
    for n in 0..ROWS {
        writeln!(csv, "text number {n},{n}").unwrap();
    }
    one.stage(id, "l.csv", &csv).await.unwrap();
    uploads::commit_manifest(&one.app, &one.actor, PROJECT, id, Vec::new()).await.unwrap();
    while one.get(id).await.counts.added == 0 {
        tokio::task::yield_now().await;
    }
    // As if it had said nothing for long.
    one.app.store().write_blocking(|tx| tx.exec("UPDATE jobs SET until_ms = 0", &[])).unwrap();
    let before = one.get(id).await.counts.added;
    uploads::resume_left(&other.app).unwrap();
    other.job_ends(id).await;
    assert!(before < i64::from(ROWS), "it was done before anybody took it");
    assert_eq!(other.counts(id).await, [i64::from(ROWS), i64::from(ROWS), 0, 0, 0]);
    for (n, asset) in other.assets().iter().enumerate().step_by(997) {
        assert!(asset.metadata.contains(&format!("{{\"n\":{n}}}")), "{n}: {}", asset.metadata);
    }
}

/// Nothing is bound to the node that was sent it: the parts of a file and a manifest come to nodes that share no folder.
#[tokio::test]
async fn what_one_node_was_sent_another_goes_on_with() {
    let one = Bench::new(Media::Text).await;
    let Some((app, _folder)) = one.beside() else { return };
    let other = Bench { app, clock: one.clock.clone(), actor: one.actor.clone(), dir: one.dir.clone() };
    let id = one.upload("by turns").await;

    let text = "a line of the file\n".repeat(2_000);
    let (size, third) = (text.len() as u64, text.len() / 3);
    let send = async |node: &Bench, from: usize, to: usize| {
        node.part(id, "a.txt", size, from as u64, &text.as_bytes()[from..to], None).await
    };
    // The beginning of another version, and then of this one.
    one.part(id, "a.txt", size, 0, &vec![b'x'; third + 7], None).await.unwrap();
    send(&other, 0, third).await.unwrap();
    assert_eq!(code(send(&one, third + 7, size as usize).await), "bad_offset");
    assert_eq!(send(&one, third, 2 * third).await.unwrap().state, State::Partial);
    for node in [&one, &other] {
        let filter = FileFilter::Partial;
        let files =
            uploads::files(&node.app, &node.actor, PROJECT, id, filter, String::new(), 9).await.unwrap();
        let files: Vec<_> =
            files.items.iter().map(|file| (file.path.as_str(), file.size, file.received)).collect();
        assert_eq!(files, [("a.txt", size, 2 * third as u64)]);
    }
    assert_eq!(send(&other, 2 * third, size as usize).await.unwrap().state, State::Done);
    let stored = one.app.store().read_blocking(|tx| tx.text(PROJECT, 0)).unwrap();
    assert!(stored.is_some_and(|stored| stored == text), "all of it, in its order");

    let mut csv = String::from("text,n\n");
    for n in 0..ROWS {
        writeln!(csv, "text number {n},{n}").unwrap();
    }
    one.stage(id, "old.csv", "text\nof an older one\n").await.unwrap();
    one.stage(id, "l.csv", &csv).await.unwrap();
    uploads::commit_manifest(&other.app, &other.actor, PROJECT, id, Vec::new()).await.unwrap();
    while one.get(id).await.counts.added < 2 {
        tokio::task::yield_now().await;
    }
    // The node that reads it falls silent; it may still be at it.
    one.app.store().write_blocking(|tx| tx.exec("UPDATE jobs SET until_ms = 0", &[])).unwrap();
    uploads::resume_left(&one.app).unwrap();
    one.job_ends(id).await;
    let n = i64::from(ROWS) + 1;
    assert_eq!(one.counts(id).await, [n, n, 0, 0, 0]);
    // The one that it was taken from may not have noticed yet.
    let mut finished = uploads::finish(&other.app, &other.actor, PROJECT, id, None).await;
    while matches!(&finished, Err(Error::Conflict { code: "job_running", .. })) {
        tokio::task::yield_now().await;
        finished = uploads::finish(&other.app, &other.actor, PROJECT, id, None).await;
    }
    finished.unwrap();
    let left = one.app.store().blobs().staging().unwrap().list(&id.to_string()).unwrap();
    assert_eq!(left, [], "nothing of it is left on its way");
}
