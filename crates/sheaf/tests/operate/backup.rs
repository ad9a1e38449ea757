//! `sheaf backup` and `sheaf restore`, while a server is written to.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use sheaf_model::Media;
use sheaf_testing::Home;

use crate::project::project;
use crate::serving::serve;
use crate::{Writing, failed, is_sound, open, projects, ran, sheaf};

fn backup(home: &Home, out: &Path) -> Output {
    sheaf(home).arg("backup").arg(out).output().unwrap()
}

fn restore(from: &Path, home: &Home, replace: bool) -> Output {
    let mut command = sheaf(home);
    command.arg("restore").arg(from);
    if replace {
        command.arg("--replace");
    }
    command.output().unwrap()
}

#[test]
fn a_backup_of_a_server_that_is_written_to_has_what_was_acknowledged() {
    let home = Home::sqlite();
    project(&open(&home), Media::Text);
    let (mut server, url, key) = serve(sheaf(&home), home.path());
    let (writing, dir) = (Writing::start(&url, &key), tempfile::tempdir().unwrap());
    for n in 0..3 {
        writing.wait(5);
        let before = writing.told();
        let out = dir.path().join(n.to_string());
        ran(&backup(&home, &out));
        let after = writing.told();
        let next = Home::sqlite();
        ran(&restore(&out, &next, false));
        is_sound(&next);
        let there = projects(&next);
        assert!(before.iter().all(|name| there.contains(name)), "{before:?} {there:?}");
        // And perhaps one that nobody had been told of yet.
        let written = there.iter().filter(|name| name.starts_with("written")).count();
        assert!(written <= after.len() + 1, "{written} of {}", after.len());
    }
    drop(writing);
    assert!(failed(&restore(&dir.path().join("0"), &home, true)).contains("in use"));
    server.kill().unwrap();
    server.wait().unwrap();
    let before = projects(&home);
    assert!(failed(&restore(&dir.path().join("0"), &home, false)).contains("--replace"));
    assert_eq!(projects(&home), before);
    ran(&restore(&dir.path().join("0"), &home, true));
    is_sound(&home);
    assert!(projects(&home).len() < before.len());
}

/// At every moment of a restore the data is what it was, or what is in the backup.
#[test]
fn a_restore_that_is_killed_leaves_the_old_or_the_new() {
    let (home, dir) = (Home::sqlite(), tempfile::tempdir().unwrap());
    project(&open(&home), Media::Text);
    let out = dir.path().join("backup");
    ran(&backup(&home, &out));
    let (old, mut killed, mut wait) = (projects(&home), 0, Duration::from_micros(500));
    let marked = || open(&home).store().read_blocking(|tx| tx.instance_value("mark")).unwrap();
    loop {
        {
            let app = open(&home);
            app.store().write_blocking(move |tx| tx.set_instance_value("mark", Some("old"))).unwrap();
        }
        let mut restoring =
            sheaf(&home).arg("restore").arg(&out).arg("--replace").stderr(Stdio::null()).spawn().unwrap();
        let began = Instant::now();
        let done = loop {
            if let Some(status) = restoring.try_wait().unwrap() {
                assert!(status.success());
                break true;
            }
            if began.elapsed() > wait {
                restoring.kill().unwrap();
                restoring.wait().unwrap();
                break false;
            }
            std::thread::yield_now();
        };
        assert_eq!(projects(&home), old);
        let mark = marked();
        if done {
            assert_eq!(mark, None, "it is the backup");
            break;
        }
        killed += 1;
        assert!(mark.is_none() || mark.as_deref() == Some("old"), "{mark:?}");
        wait = wait.mul_f64(1.3);
    }
    assert!(killed > 2, "{killed}");
    is_sound(&home);
}
