//! Standing batches of a server that is killed again and again: no run is made twice, none is lost.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
#[path = "common/open.rs"]
mod open;
#[path = "common/project.rs"]
mod project;
#[path = "common/serving.rs"]
mod serving;

use std::io::Write as _;
use std::process::{Child, Output};
use std::time::{Duration, Instant};

use sheaf_model::{Media, ProjectId};
use sheaf_testing::Home;

use common::sheaf;
use open::open;
use project::project;
use serving::serve;

const EVERY: u32 = 20;
const ROWS: u32 = 810;
const ROUNDS: u32 = 6;

/// What a command printed; fails the test unless the command ended well.
#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A server process that is killed when the test ends.
struct Server(Child);

impl Server {
    fn start(data: &Home) -> Self {
        Self(serve(sheaf(data), data.path()).0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A project with one asset, so that its field is known, and a standing batch that waits for matches.
fn prepare(data: &Home) -> ProjectId {
    let app = open(data);
    let project = project(&app, Media::Text);
    drop(app);
    let every = EVERY.to_string();
    let create = ["standing", "create", "Twenties", "--every", &every, "--first", &every];
    let made = said(&sheaf(data).args(create).output().unwrap());
    assert!(made.contains("Twenties\tactive\t0 runs\t0 of 20 new matches"), "{made}");
    project
}

#[test]
fn a_server_that_is_killed_makes_every_batch_once() {
    let (data, folder) = (&Home::new(), tempfile::tempdir().unwrap());
    let project = prepare(data);
    for round in 0..ROUNDS {
        let path = folder.path().join(format!("{round}.csv"));
        let mut csv = std::fs::File::create(&path).unwrap();
        writeln!(csv, "text,n").unwrap();
        for n in 0..ROWS {
            writeln!(csv, "text number {n} of round {round},{n}").unwrap();
        }
        let mut server = Server::start(data);
        said(&sheaf(data).arg("import").arg(&path).output().unwrap());
        // At another moment in every round; in the first ones most of the batches are still to be made.
        let (began, wait) = (Instant::now(), Duration::from_millis(u64::from(round * round) * 20));
        while began.elapsed() < wait {
            std::thread::yield_now();
        }
        server.0.kill().unwrap();
        server.0.wait().unwrap();
    }
    // The last server has the time that it needs.
    let server = Server::start(data);
    let began = Instant::now();
    let left = ROUNDS * ROWS % EVERY;
    let done = format!("active\t{} runs\t{left} of 20 new matches", ROUNDS * ROWS / EVERY);
    while !said(&sheaf(data).args(["standing", "list"]).output().unwrap()).contains(&done) {
        assert!(began.elapsed() < Duration::from_secs(120), "it does not happen");
    }
    drop(server);

    let app = open(data);
    let (runs, members) = app
        .store()
        .read_blocking(|tx| {
            let id = tx.standing_batches(project)?.remove(0).id;
            let mut runs = tx.standing_runs(project, id, None, 10_000)?;
            runs.reverse();
            let mut members = Vec::new();
            for run in &runs {
                members.push(tx.batch_members(project, run.batch.unwrap())?);
            }
            Ok::<_, sheaf_app::Error>((runs, members))
        })
        .unwrap();
    assert!(runs.iter().map(|run| run.n).eq(1..=i64::from(ROUNDS * ROWS / EVERY)));
    for (first, members) in (0u32..).step_by(EVERY as usize).zip(&members) {
        assert!(members.iter().eq(first..first + EVERY), "{members:?} begins at {first}");
    }
}

#[test]
fn saved_queries_and_standing_batches_on_the_command_line() {
    let data = &Home::new();
    prepare(data);
    let csv = data.path().join("x.csv");
    std::fs::write(&csv, "text,n\none thing,1\nanother,2\na third,3\n").unwrap();
    said(&sheaf(data).arg("import").arg(&csv).output().unwrap());
    let run = |args: &[&str]| sheaf(data).args(args).output().unwrap();
    let saved = said(&run(&["saved-query", "save", "small", "n<3", "--sort=-n"]));
    assert!(saved.starts_with("sq_") && saved.ends_with("\tsmall\tprivate\tn<3\n"), "{saved}");
    let found = said(&run(&["query", "@small"]));
    let order: Vec<bool> = found.lines().map(|line| line.ends_with("{\"n\":2}")).collect();
    assert_eq!(order, [true, false], "{found}");
    let unknown = run(&["query", "@large"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no saved query `large`"));

    let create = ["standing", "create", "Days", "--daily", "06:00", "--offset=-08:00", "--query", "@small"];
    let made = said(&run(&[&create[..], &["--prelabels", "yolo-v8"]].concat()));
    assert!(made.contains("T14:00:00.000Z"), "{made}");
    let ran = said(&run(&["standing", "run", "Days"]));
    assert!(ran.contains("\tmade\tbat_") && ran.contains("\t2 assets"), "{ran}");
    let shown = said(&run(&["standing", "show", "Days"]));
    assert!(shown.contains("query: n<3") && shown.contains("name_pattern: Days {date}"), "{shown}");
    assert!(shown.contains("\nprelabels: yolo-v8\n"), "{shown}");
    assert!(said(&run(&["standing", "pause", "Days"])).contains("\tpaused\t1 runs\t-"));
    assert!(said(&run(&["standing", "resume", "Days"])).contains("\tactive\t"));
    assert_eq!(said(&run(&["standing", "runs", "Days"])).lines().count(), 1);
    assert_eq!(said(&run(&["standing", "delete", "Days"])), "");
    assert_eq!(said(&run(&["saved-query", "delete", "small"])), "");
    assert_eq!(said(&run(&["saved-query", "list"])), "");
    let wrong = run(&["standing", "create", "x", "--daily", "25:00"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("`25:00` is not a time of day"));
    assert_eq!(run(&["standing", "create", "x"]).status.code(), Some(2), "a trigger is needed");
}
