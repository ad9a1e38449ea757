//! Two nodes on one PostgreSQL, as two apps in one process. On SQLite there is one process, and nothing to see here.

use std::fmt::Write;

use sheaf_app::uploads;
use sheaf_model::Media;

use crate::bench::{Bench, PROJECT};

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
