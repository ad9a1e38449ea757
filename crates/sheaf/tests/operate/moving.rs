//! `sheaf export-all` and `import-all`: beside a server that is written to, and killed in the middle.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sheaf_model::{Media, UploadId};
use sheaf_store::library::NewAsset;
use sheaf_testing::Home;

use crate::project::project;
use crate::serving::serve;
use crate::{Writing, export, failed, import, is_sound, open, projects, ran, sheaf};

const ASSETS: u32 = 150_000;

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    (dir, out)
}

/// An instance that takes a while to move.
fn large(home: &Home) {
    let app = open(home);
    let project = project(&app, Media::Text);
    for from in (0..ASSETS).step_by(10_000) {
        let assets: Vec<NewAsset> = (from..from + 10_000)
            .map(|i| NewAsset {
                name: format!("a{i}.txt"),
                media_type: "text/plain",
                fingerprint: i64::from(i),
                text: Some(format!("text number {i}")),
                metadata: format!("{{\"n\":{i},\"kind\":\"k{}\"}}", i % 7),
                ..NewAsset::default()
            })
            .collect();
        app.store().write_blocking(move |tx| tx.append_assets(project, UploadId(1), 0, &assets)).unwrap();
    }
}

#[test]
fn an_export_beside_a_server_that_is_written_to_is_one_moment() {
    let home = Home::new();
    let (mut server, url, key) = serve(sheaf(&home), home.path());
    let writing = Writing::start(&url, &key);
    writing.wait(5);
    let before = writing.told();
    let (_keep, out) = folder();
    ran(&export(&home, &out));
    writing.wait(3);
    drop(writing);
    server.kill().unwrap();
    server.wait().unwrap();
    let next = Home::new();
    ran(&import(&out, &next));
    is_sound(&next);
    let there = projects(&next);
    assert!(before.iter().all(|name| there.contains(name)), "{before:?} {there:?}");
    // One after the other: what is there is what was made until then.
    let mut made: Vec<_> =
        there.iter().filter_map(|name| name.strip_prefix("written ")?.parse::<usize>().ok()).collect();
    made.sort_unstable();
    assert!(made.iter().copied().eq(0..made.len()), "{made:?}");
    assert!(failed(&import(&out, &next)).contains("empty"));
}

#[test]
fn an_import_that_is_killed_leaves_nothing_and_is_run_again() {
    let home = Home::new();
    large(&home);
    let (_keep, out) = folder();
    ran(&export(&home, &out));
    let next = Home::new();
    let (mut wait, mut killed) = (Duration::from_millis(20), 0);
    loop {
        let mut importing = sheaf(&next).arg("import-all").arg(&out).stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        let done = loop {
            if let Some(status) = importing.try_wait().unwrap() {
                assert!(status.success(), "{}", String::from_utf8_lossy(&import(&out, &next).stderr));
                break true;
            }
            if began.elapsed() > wait {
                importing.kill().unwrap();
                importing.wait().unwrap();
                break false;
            }
            std::thread::park_timeout(Duration::from_millis(1));
        };
        if done {
            break;
        }
        killed += 1;
        // It may have been over just then.
        let (_keep, looked) = folder();
        let exported = export(&next, &looked);
        if next.database().is_none() {
            if next.path().join("sheaf.db").exists() {
                break;
            }
            assert!(failed(&exported).contains("no data"));
        } else if exported.status.success() {
            let rows = String::from_utf8_lossy(&exported.stderr).into_owned();
            if !rows.starts_with("0 rows") {
                break;
            }
        }
        wait = wait.mul_f64(1.6);
    }
    assert!(killed > 2, "{killed}");
    let (_keep, again) = folder();
    ran(&export(&next, &again));
    let tables = |out: &PathBuf| {
        let header = std::fs::read_to_string(out.join("sheaf-export.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&header).unwrap()["tables"].take()
    };
    assert_eq!(tables(&again), tables(&out));
}

#[test]
fn an_export_that_is_killed_is_refused() {
    let home = Home::new();
    large(&home);
    let (_keep, out) = folder();
    let mut exporting = sheaf(&home).arg("export-all").arg(&out).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while !out.join("tables/assets.jsonl").exists() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not begin");
    }
    exporting.kill().unwrap();
    exporting.wait().unwrap();
    assert!(failed(&import(&out, &Home::new())).contains("cut off"));
    assert!(failed(&export(&home, &out)).contains("not empty"));
}
