//! What an operator does, with real processes: moving an instance, backing it up and putting it back, letting a node go.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/open.rs"]
mod open;
#[path = "../common/project.rs"]
mod project;
#[path = "../common/serving.rs"]
mod serving;

mod backup;
mod drain;
mod moving;

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use sheaf_testing::Home;
use ureq::Agent;

pub use common::sheaf;
pub use open::open;

#[track_caller]
pub fn ran(output: &Output) -> String {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    said
}

/// What a command that failed said.
#[track_caller]
pub fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Nothing is wrong with an instance that no process is at.
#[track_caller]
pub fn is_sound(home: &Home) {
    ran(&sheaf(home).args(["check", "--deep"]).output().unwrap());
}

pub fn export(home: &Home, out: &Path) -> Output {
    sheaf(home).arg("export-all").arg(out).output().unwrap()
}

pub fn import(from: &Path, home: &Home) -> Output {
    sheaf(home).arg("import-all").arg(from).output().unwrap()
}

/// Makes projects over HTTP, one after the other, until it is told to stop; the names of those that it was told are made.
pub struct Writing {
    stop: Arc<AtomicBool>,
    told: Arc<std::sync::Mutex<Vec<String>>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Writing {
    pub fn start(url: &str, key: &str) -> Self {
        let (stop, told) =
            (Arc::new(AtomicBool::new(false)), Arc::<std::sync::Mutex<Vec<String>>>::default());
        let (url, authorization) = (format!("{url}/api/projects"), format!("Bearer {key}"));
        let (stopped, told_to) = (stop.clone(), told.clone());
        let thread = std::thread::spawn(move || {
            let agent: Agent = Agent::config_builder().proxy(None).build().new_agent();
            for n in 0.. {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                let name = format!("written {n}");
                let body = json!({ "name": name, "media": "text" });
                let made = agent.post(&url).header("authorization", &authorization).send_json(&body);
                let made: Value = made.unwrap().body_mut().read_json().unwrap();
                assert_eq!(made["name"], name);
                told_to.lock().unwrap().push(name);
            }
        });
        Self { stop, told, thread: Some(thread) }
    }

    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// Waits until this many more were made.
    pub fn wait(&self, more: usize) {
        let (began, wanted) = (std::time::Instant::now(), self.told().len() + more);
        while self.told().len() < wanted {
            assert!(began.elapsed() < std::time::Duration::from_secs(60), "nothing is written");
            std::thread::park_timeout(std::time::Duration::from_millis(1));
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The names of the projects of an instance that no process is at.
pub fn projects(home: &Home) -> Vec<String> {
    let app = open(home);
    app.store().read_blocking(|tx| tx.projects()).unwrap().into_iter().map(|it| it.name).collect()
}
