//! Two nodes on one PostgreSQL as processes; without one there is nothing to test here.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/open.rs"]
mod open;
#[path = "common/project.rs"]
mod project;
#[path = "common/serving.rs"]
mod serving;

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sheaf_model::Media;
use sheaf_testing::Home;

use common::sheaf;
use open::open;
use project::project;
use serving::serve;

/// Long enough to be interrupted.
const ROWS: u32 = 300_000;
/// A node is silent for 15 seconds before another one takes its jobs, and looks for them every 5.
const WITHIN: Duration = Duration::from_secs(90);

#[test]
fn another_node_goes_on_with_a_manifest() {
    let home = Home::new();
    if home.database().is_none() {
        return;
    }
    let app = open(&home);
    let project = project(&app, Media::Text);
    let n_assets = || app.store().read_blocking(|tx| tx.project(project)).unwrap().unwrap().n_assets;

    let mut text = String::from("text,n\n");
    for i in 0..ROWS {
        writeln!(text, "text number {i},{i}").unwrap();
    }
    let manifest = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(manifest.path(), text).unwrap();

    let (mut other, ..) = serve(sheaf(&home), home.path());
    let (mut first, url, key) = serve(sheaf(&home), home.path());
    let mut import = sheaf(&home)
        .args(["import", "--project", "Only", "--server", &url, "--key", &key])
        .arg(manifest.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while n_assets() == 0 {
        assert!(began.elapsed() < WITHIN && import.try_wait().unwrap().is_none(), "it does not begin");
    }
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(n_assets() < ROWS, "it was killed in the middle");
    import.wait().unwrap();

    let began = Instant::now();
    while n_assets() < ROWS {
        assert!(began.elapsed() < WITHIN, "nobody goes on: {} of {ROWS}", n_assets());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    other.kill().unwrap();
    other.wait().unwrap();
    let checked = sheaf(&home).args(["check", "--deep"]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    assert_eq!(n_assets(), ROWS, "nothing is added twice");
}
